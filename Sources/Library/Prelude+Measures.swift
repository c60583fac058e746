import Language

extension Prelude {
  static let measures = Definition.chapter(
    "Metrics",
    """
    ## The share of a data set that a model gets right.
    ## m: From x to scores.
    ## d: Examples (x=…, y=…) with labels.
    ## > accuracy_of(x => x, (x=eye(2), y=[0, 0]))
    ## = 0.5
    accuracy_of(m, d) = accuracy(m(d.x), d.y)

    ## Examples answered wrongly, or those of one cell of the confusion matrix; worst first.
    ## m: From x to scores.
    ## d: Examples (x=…, y=…) with labels.
    ## label: The label to look for; any when none.
    ## answer: The answer to look for; any wrong one when none.
    ## > [(e.row, e.label, e.answer) for e in mistakes(x => x, (x=eye(2), y=[0, 0]))]
    ## = [(1, 0, 1)]
    mistakes(m, d, label=none, answer=none) = {
      z = m(d.x)
      p = argmax(z, axis=-1)
      l = -sum(log_softmax(z) * one_hot(d.y, z.shape[-1]), axis=-1)
      fits = where(if answer == none { p != d.y } else { p == answer }, 1, 0)
      if label != none { fits = fits * where(d.y == label, 1, 0) }
      i = arange(len(d.y))[fits == 1]
      [(row=j, label=d.y[j], answer=p[j], loss=l[j]) for j in i[argsort(-l[i])]]
    }

    ## How much each number of an example speaks for a class: input times gradient of its score.
    ## m: From a batch to scores.
    ## x: One example.
    ## label: The class.
    ## > saliency(x => x @ [[2.0, 0], [0, 1]], [3.0, 5], 0)
    ## = [6, 0]
    saliency(m, x, label) = abs(x * grad(v => m(stack([v]))[0, label])(x))

    ## Data with another label for one example.
    ## d: Data (x=…, y=…).
    ## row: The example.
    ## label: Its label from now on.
    ## > relabel((x=eye(2), y=[0, 0]), 1, 1).y
    ## = [0, 1]
    relabel(d, row, label) = { y = d.y; y[row] = label; (x=d.x, y=y) }

    ## Data without some examples.
    ## d: Data (x=…, y=…).
    ## rows: The examples to leave out.
    ## > drop_rows((x=eye(3), y=[4, 5, 6]), [1]).y
    ## = [4, 6]
    drop_rows(d, rows) = {
      kept = ones(len(d.y))
      kept[rows] = 0
      (x=d.x[kept == 1], y=d.y[kept == 1])
    }

    ## The root of the mean squared error.
    ## p: Predictions.
    ## y: Targets of the same shape.
    ## > rmse([1.0, 5.0], [1.0, 2.0])
    ## = 2.12132
    rmse(p, y) = sqrt(mse(p, y))

    ## Among how many tokens a model seems to choose.
    ## m: From x to scores.
    ## d: Examples (x=…, y=…) with labels.
    ## > perplexity(x => x, (x=zeros(2, 4), y=[0, 3]))
    ## = 4
    perplexity(m, d) = exp(cross_entropy(m(d.x), d.y))

    ## The share of the variance of y that a prediction explains.
    ## p: Predictions.
    ## y: Targets of the same shape.
    ## > r2([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    ## = 1
    r2(p, y) = 1 - sum((y - p)^2) / sum((y - mean(y))^2)
    """)

  static let lessons = Definition.chapter(
    "Checking",
    """
    ## Says whether something holds; an error with a message when it does not.
    ## c: A condition.
    ## message: What to say.
    ## > check(1 < 2, "one is less than two")
    ## = true
    check(c, message="this does not hold") = if c { true } else { error(message) }

    ## Whether a result is what is wanted, up to a tolerance; an error that shows both when not.
    ## got: The result.
    ## want: What it should be.
    ## tol: The largest difference.
    ## > check_close(0.1 + 0.2, 0.3)
    ## = true
    check_close(got, want, tol=1e-5) = {
      if close(got, want, tol=tol) { true } else { error("expected {want}, this is {got}") }
    }

    ## Whether a tensor has a shape; an error that says both when not.
    ## x: A tensor.
    ## shape: Its sizes as a list.
    ## > check_shape(zeros(2, 3), [2, 3])
    ## = true
    check_shape(x, shape) = {
      is = try { [n for n in x.shape] } else { error("expected the shape {shape}, this has none: {typeof(x)} {x}") }
      if same(is, [n for n in shape]) { true } else { error("expected the shape {shape}, this is {is}") }
    }

    ## Whether a function answers as another does; an error with the first case where not.
    ## f: The function that is checked.
    ## g: The function that is right.
    ## cases: A list of arguments, or of records of arguments.
    ## tol: The largest difference.
    ## whole: Whether a record is one argument, not several.
    ## > check_like(x => x * x, x => x^2, [1, 2, 3])
    ## = true
    check_like(f, g, cases, tol=1e-5, whole=false) = {
      for c in cases {
        (a, b) = if typeof(c) == "record" and not whole { (f(...c), g(...c)) } else { (f(c), g(c)) }
        if not close(a, b, tol=tol) { error("for {c} expected {b}, this is {a}") }
      }
      true
    }
    """)
}
