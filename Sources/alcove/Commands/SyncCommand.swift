// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

/// `alcove sync`
struct SyncCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "fetch and deliver once")
  static let examples = ["alcove sync", "alcove sync --json"]
  static let exits: [ExitStatus] = ExitStatus.relay

  @OptionGroup(title: "COMMON OPTIONS") var common: CommonOptions

  func execute(_ tool: Tool) async throws {
    let session = try tool.open()
    let progress = Progress("talking to the relay", on: tool.console)
    let report = try await session.alcove.sync()
    progress.end()
    let console = tool.console
    var texts: [(name: LocalName, count: Int)] = []
    var delivered: [(name: LocalName, count: Int)] = []
    func count(_ name: LocalName, in counts: inout [(name: LocalName, count: Int)]) {
      if let index = counts.firstIndex(where: { $0.name == name }) {
        counts[index].count += 1
      } else {
        counts.append((name, 1))
      }
    }
    var hasSaid = false
    for event in report.events {
      let view = EventView(event: event, console: console)
      view.emit()
      // A sync says who wrote; `read` shows what.
      switch event {
      case .message(let name, _): count(name, in: &texts)
      case .delivered(let name, _): count(name, in: &delivered)
      default:
        guard let line = view.line else { continue }
        hasSaid = true
        console.line(line)
      }
    }
    for (name, count) in delivered {
      console.line(
        "\(console.outStyle(.good, "ok"))  \(console.shown(name.text))  \(count) of yours delivered"
      )
    }
    for (name, count) in texts {
      console.line(
        "\(console.outStyle(.good, "ok"))  \(console.shown(name.text))  \(count) new"
          + " message\(count == 1 ? "" : "s"):  \(console.command("alcove read \(console.quoted(name))"))"
      )
    }
    if !hasSaid, texts.isEmpty, delivered.isEmpty, report.obstacles.isEmpty, report.waiting == 0 {
      console.ok("nothing new")
    }
    if report.waiting > 0 {
      console.warn(
        "\(report.waiting) of yours not delivered yet:  \(console.command("alcove outbox"))")
    }
    console.emit(
      "sync",
      [
        "received": .count(report.received),
        "delivered": .count(delivered.reduce(0) { $0 + $1.count }),
        "waiting": .count(report.waiting),
        "obstacles": .array(
          report.obstacles.map { obstacle in
            [
              "person": .string(console.shown(obstacle.name.text)),
              "code": .string(obstacle.error.code.rawValue),
            ]
          }),
      ])
    await session.close()
    try SyncCommand.judge(report, on: console)
  }

  /// The gravest obstacle decides how the command ends.
  static func judge(_ report: SyncReport, on console: Console) throws(Failure) {
    let failures = report.obstacles.map { obstacle in
      var failure = Failure(obstacle.error)
      if obstacle.error.isDelay {
        failure.safe = Failure(kept: obstacle.error).safe
        failure.next = Failure(kept: obstacle.error).next
      }
      return failure
    }
    guard let gravest = failures.max(by: { $0.exit.gravity < $1.exit.gravity }) else { return }
    for failure in failures where failure.code != gravest.code {
      console.warn(Printable.line(console.shown(failure).message))
    }
    throw gravest
  }
}

extension ExitStatus {
  fileprivate var gravity: Int {
    switch self {
    case .integrity: 4
    case .identity: 3
    case .failed: 2
    case .unreachable: 1
    default: 0
    }
  }
}
