// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct ClockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock", abstract: "Say that the clock is right after it has jumped.",
    subcommands: [Confirm.self])

  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let retention go on from today.",
      discussion: """
        A clock that jumps by more than two days stops retention, since what it deletes is gone. Stop the \
        relay, look at `date -u`, confirm, and start it again.
        """)

    @OptionGroup var options: CommonOptions
    @OptionGroup(title: "SETTINGS") var settings: SettingOptions

    func run() async throws {
      try await Failure.reported(options) {
        let home = RelayHome(options)
        _ = try home.identity()
        try home.requireRelay()
        let now = Date()
        try SQLiteRelayStore.confirmClock(
          path: home.store, day: Int64(now.timeIntervalSince1970) / 86_400,
          retentionDays: try settings.configuration(of: home).policy.retentionDays)
        let day = now.formatted(.iso8601.year().month().day())
        try Console.line(
          options.json
            ? JSONText.of(["v": 1, "type": "clock", "day": day])
            : "ok  it is \(day); retention goes on")
      }
    }
  }
}
