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
        relay, look at `date -u`, confirm, and start it again. A day before those on which the relay has served \
        needs --back. Retention that is behind, since the relay stood still, was restored, or has been told to keep \
        less than before, is where it belongs from then on: by itself it moves by one day a day.
        """)

    @OptionGroup var options: CommonOptions
    @OptionGroup(title: "SETTINGS") var settings: SettingOptions
    @Flag(help: "The relay has served on days that had not come yet: its clock ran ahead then.")
    var back = false

    func run() async throws {
      try await Failure.reported(options) {
        let home = RelayHome(options)
        _ = try home.identity()
        try home.requireRelay()
        let now = Date()
        let day = now.formatted(.iso8601.year().month().day())
        let isNoted = try SQLiteRelayStore.confirmClock(
          path: home.store, day: Int64(now.timeIntervalSince1970) / 86_400,
          retentionDays: try settings.configuration(of: home).policy.retentionDays, isBack: back)
        guard isNoted else {
          throw Failure(
            code: "clock-behind", exit: 1,
            message:
              "The clock says \(day), and this relay has served on later days: a clock that is"
              + " behind would let what it keeps end too soon. Nothing was changed.",
            next: [
              "date -u", "If that is right, and the clock ran ahead before:",
              "alcove-relay clock confirm --back --directory \(home.word)",
            ])
        }
        try Console.line(
          options.json
            ? JSONText.of(["v": 1, "type": "clock", "day": day])
            : "ok  it is \(day); retention goes on")
      }
    }
  }
}
