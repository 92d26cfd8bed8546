// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Relay
import RelayLog

struct Check: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check identity, addresses, certificate, clock, disk and store, each by itself.",
    discussion: """
      Every line that is not ok says how to mend it. A running relay is not disturbed. Of a backup everything \
      is examined but where it would listen and what is free beside it. Nothing of the relay is changed; beside the \
      store of one that stands still SQLite leaves two files of its own.
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup(title: "SETTINGS") var settings: SettingOptions

  /// The parts, in the order in which a new relay needs them.
  private enum Part: String, CaseIterable {
    case identity, address, operations, certificate, clock, disk, store
  }

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      _ = try home.identity()
      let configuration = try settings.configuration(of: home)
      var report: [String: Any] = ["v": 1, "type": "check"]
      var found: [[String: Any]] = []
      var worst: Failure?
      for part in Part.allCases {
        var failure: Failure?
        do {
          try await look(at: part, home, configuration)
        } catch let error as Failure {
          failure = error
        } catch let error as RelayStoreError {
          failure = Failure(error, directory: home.path)
        }
        report[part.rawValue] = failure?.code ?? "ok"
        if let failure {
          found.append(failure.facts.merging(["part": part.rawValue]) { $1 })
        }
        if !options.json {
          try Console.line(
            failure.map { "!!  \(part.rawValue): \($0.message)\n\($0.steps)" }
              ?? "ok  \(part.rawValue)")
        }
        // A damaged store counts most, and otherwise what stands first.
        if let failure, worst == nil || failure.exit == 9 { worst = failure }
      }
      report["failures"] = found
      report["backup"] = home.isBackup
      let isRenewalDue =
        configuration.usesTLS
        && TLSFiles(home, configuration).isRenewalDue(now: Int64(Date().timeIntervalSince1970))
      report["renewal_due"] = isRenewalDue
      let lag = retentionLag(home, configuration)
      report["retention_lag_days"] = lag
      if options.json {
        try Console.object(report)
      } else {
        if isRenewalDue { try Console.line("    the certificate is renewed when the relay serves") }
        if lag > 0 {
          try Console.line(
            "    messages are kept for \(lag) day\(lag == 1 ? "" : "s") longer than retention-days says:"
              + " it moves by one day a day, or at once with `alcove-relay clock confirm`")
        }
        if home.isBackup {
          try Console.line("    a backup, and no relay before `alcove-relay restore`")
        }
      }
      if let worst { throw worst }
    }
  }

  /// How many days more than the settings say messages are kept; a backup's age is no such days.
  private func retentionLag(_ home: RelayHome, _ configuration: Configuration) -> Int64 {
    guard !home.isBackup, let days = configuration.policy.retentionDays else { return 0 }
    let day = Int64(Date().timeIntervalSince1970) / 86_400
    // Why a store cannot be read is told by its own part.
    return (try? SQLiteRelayStore.retentionLag(path: home.store, day: day, keeping: days)) ?? 0
  }

  private func look(at part: Part, _ home: RelayHome, _ configuration: Configuration) async throws {
    let now = Int64(Date().timeIntervalSince1970)
    switch part {
    case .identity:
      _ = try home.identity()
      guard !home.isLeftover else { throw RelayStoreError.missing }
      _ = try home.postageKeys()
    case .address:
      guard !home.isBackup else { return }
      try await ListeningCheck(configuration.place, home).run()
    case .operations:
      guard !home.isBackup, case .at(let place) = configuration.operations else { return }
      try await ListeningCheck(place, home).run()
    case .certificate:
      let files = TLSFiles(home, configuration)
      let authority =
        files.isOwn && (configuration.usesTLS || home.hasAuthority) ? try home.authority() : nil
      guard configuration.usesTLS else { return }
      guard !files.isRenewalDue(now: now) else {
        // A new one is for the names of this one.
        _ = try files.names()
        return
      }
      let certificate = try files.load()
      guard authority == nil || certificate.pin == authority?.pin else {
        throw home.damagedAuthority
      }
      // The relay's own is made anew instead.
      guard certificate.begins <= now else {
        throw Failure(
          code: "certificate-begins", exit: 1,
          message: "The certificate is not good yet: its first day is to come.",
          next: ["date -u", "openssl x509 -noout -dates -in \(files.word)"])
      }
      let days = (certificate.expires - now) / 86_400
      guard days >= 1 else {
        throw Failure(
          code: "certificate-ends", exit: 1,
          message: "The certificate has ended, or does within a day.",
          next: ["renew \(configuration[.certificate]), then: kill -HUP the relay"])
      }
    case .clock:
      guard ReadinessChecks.isPlausible(now) else {
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        throw Failure(
          code: "clock", exit: 1, message: "The clock says it is the year \(year).",
          next: ["timedatectl"])
      }
      // What a backup last saw is its age, and no jump.
      guard try home.isBackup || SQLiteRelayStore.trustsClock(path: home.store, day: now / 86_400)
      else {
        throw Failure(
          code: "clock-jump", exit: 1,
          message:
            "The clock is more than two days from when this relay last ran: retention stops.",
          next: ["date -u", "alcove-relay clock confirm --directory \(home.word)"])
      }
    case .disk:
      // A backup is written no more, and may lie where nothing can be.
      guard !home.isBackup else { return }
      if DiskState(home.path) == .readOnly {
        throw Failure(RelayStoreError.unavailable, directory: home.path)
      }
      let needed = configuration.policy.freeBytes
      guard let free = RelayGauges.freeBytes(home.path), free >= Int64(clamping: needed) else {
        throw Failure(
          code: "disk", exit: 1,
          message: "Less than \(needed >> 20) MiB are free beside the store: nothing is taken.",
          next: ["df -h \(home.word)"])
      }
    case .store:
      guard home.isForOwnerAlone(home.store) else { throw RelayStoreError.readableByOthers }
      // The whole store is read, which a running relay does not mind.
      let findings = try SQLiteRelayStore.findings(path: home.store)
      guard findings.isEmpty else {
        throw Failure(
          findings: findings,
          message: "Something in the store is not as it was written; the rest can be served.",
          next: [
            "Keep it for examination, and go back to a backup if that is better:",
            "alcove-relay restore --from BACKUP --directory NEW",
          ])
      }
    }
  }
}
