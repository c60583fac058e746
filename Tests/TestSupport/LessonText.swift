/// The file of a lesson of a few lines with one of everything.
package enum LessonText {
  package static let small = """
    ---
    lesson: 3
    id: doubles
    title: Doubles
    needs: [tensors]
    data: []
    minutes: 5
    goal: a double of 8
    ---
    # Doubles

    Two times a number.

    ```gradus #start
    x = [1, 2, 4]
    plot(x)
    ```

    ```predict #size
    (2 * x).shape
    - (3,) :: * Every element is doubled where it stands.
    - (6,) :: Nothing is appended.
    ```

    ```predict #first
    2 * x[0]
    number 0.1
    ```

    ```exercise #twice
    twice(v) = ___
    ```
    ```check #twice
    check(twice(3) == 6, "twice(3) gives {twice(3)}, 6 is wanted")
    check(not uses("for"), "no loop is needed")
    ```
    ```mistake #twice
    when twice(3) == 9
    That is the square.
    wrong:
    twice(v) = v * v
    ```
    ```hint #twice
    What is v + v?
    ```
    ```solution #twice
    twice(v) = 2 * v
    ```

    ```exercise #all
    all_of = 0
    ```
    ```check #all
    check(same(answer, solution), "yours is {answer}, {solution} is wanted")
    ```
    ```hint #all
    The names of above are there.
    ```
    ```solution #all
    all_of = twice(x)
    ```

    ```exercise #last
    last = 0
    ```
    ```check #last
    last == 8
    ```
    ```hint #last
    all_of[-1]
    ```
    ```solution #last
    last = all_of[-1]
    ```

    ```why #last
    Why is it eight?
    - Because two fours are eight. :: *
    - By chance. :: There is no chance here.
    ```

    ```goal
    check(last == 8, "last is {last}")
    ```

    """
}
