import Language
import Library
import Tensors
import Training

// Everything that is done to a run by hand is recorded with its step as a line of the language.
extension Commands {
  static let steeringCommands: [Command] = [
    Command(
      "pause", "Pauses the cell's training, or lets it go on.", keys: ["<space>"],
      family: "Training", unless: \.noTraining
    ) { state, _ in
      let runs = state.cell.activeRuns
      let isPaused = runs.allSatisfy { $0.job.status == .paused }
      for run in runs { if isPaused { run.job.resume() } else { run.job.pause(byHand: true) } }
      state.message = isPaused ? "going on" : "paused before the next step; Space goes on, s steps"
      return []
    },
    Command(
      "step", "Takes a step, or as many as are typed before, and waits.", keys: ["s"],
      family: "Training", unless: \.noTraining
    ) { state, argument in
      let count = Int(argument) ?? max(1, state.count)
      guard count > 0 else {
        state.message = "write a number of steps: :step 10"
        return []
      }
      return state.steer(
        .advance(steps: count), "\(count) step\(count == 1 ? "" : "s"), then it waits")
    },
    Command(
      "epoch", "Goes on to the end of the epoch and waits.", keys: ["ge"], family: "Training",
      unless: \.noTraining
    ) { state, _ in state.steer(.advance(steps: 0), "to the end of the epoch, then it waits") },
    Command(
      "slower", "Halves the learning rate.", keys: ["("], family: "Training", unless: \.noTraining
    ) { state, _ in state.scaleRate(by: 0.5) },
    Command(
      "faster", "Doubles the learning rate.", keys: [")"], family: "Training",
      unless: \.noTraining
    ) { state, _ in state.scaleRate(by: 2) },
    Command(
      "set", "Changes a setting of the training: `:set lr=0.01`.", family: "Training",
      unless: \.noTraining
    ) { state, argument in
      let pair = argument.split(separator: "=").map { $0.filter { $0 != " " } }
      guard pair.count == 2, let value = Double(pair[1]) else {
        state.message =
          "write a name and a number: :set lr=0.01; also momentum, decay, clip, dropout, batch"
        return []
      }
      return state.steer(
        .set(name: pair[0], value: value), "\(pair[0]) = \(pair[1]) from the next step on")
    },
    Command(
      "freeze", "Lets a layer stay as it is: `:freeze 0`.", family: "Training",
      unless: \.noTraining
    ) { state, argument in
      state.steer(.freeze(layer: argument), "\(argument) stays as it is from the next step on")
    },
    Command(
      "unfreeze", "Lets a layer move again: `:unfreeze 0`.", family: "Training",
      unless: \.noTraining
    ) { state, argument in
      state.steer(.unfreeze(layer: argument), "\(argument) moves again from the next step on")
    },
    Command(
      "checkpoint", "Keeps the state at this step, to be back there at once.", family: "Training",
      unless: \.noTraining
    ) { state, _ in state.steer(.checkpoint, "the state of this step is kept") },
  ]
}

extension StudioState {
  var noTraining: String? {
    cell.activeRuns.isEmpty ? "no training goes on in this cell" : nil
  }

  /// Does something to every training of the cell.
  fileprivate mutating func steer(_ kind: SteeringEvent.Kind, _ done: String) -> [Effect] {
    message = done
    for run in cell.activeRuns {
      do { try run.job.steer(kind, byHand: true) } catch {
        message = (error as? TrainingError)?.message ?? "\(error)"
      }
    }
    return []
  }

  fileprivate mutating func scaleRate(by factor: Double) -> [Effect] {
    for run in cell.activeRuns {
      guard let rate = run.learningRate else {
        message = "this training has no learning rate to change"
        continue
      }
      _ = steer(
        .set(name: "lr", value: rate * factor),
        "lr = \(shortNumber(rate * factor, digits: 4)) from the next step on")
    }
    return []
  }
}
