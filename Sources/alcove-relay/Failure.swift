// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayLog

/// What went wrong, whether anything is lost, and what to do next.
struct Failure: Error {
  let code: String
  let exit: Int32
  let message: String
  let next: [String]
  /// What is wrong in a store, in words without ids.
  var findings: [String] = []

  static func usage(_ message: String, next: String) -> Failure {
    Failure(code: "usage", exit: 64, message: message, next: [next])
  }

  init(code: String, exit: Int32, message: String, next: [String]) {
    self.code = code
    self.exit = exit
    self.message = message
    self.next = next
  }

  /// A store in which something is wrong; never for none.
  init(findings: [String], message: String, next: [String]) {
    let shown = findings.prefix(10).map { "    \($0)" }
    let rest = findings.count > shown.count ? ["    and \(findings.count - shown.count) more"] : []
    self.init(
      code: "integrity", exit: 9, message: ([message] + shown + rest).joined(separator: "\n"),
      next: next)
    self.findings = findings
  }

  init(_ error: RelayStoreError, directory: String) {
    let place = Shell.word(directory)
    let check = "alcove-relay check --directory \(place)"
    switch error {
    case .missing where RelayHome(path: directory).isHidden: self.init(unavailable: directory)
    case .missing where RelayHome(path: directory).isLeftover:
      self.init(
        code: "incomplete", exit: 9,
        message: "A relay was in \(directory), and its store or its identity is missing."
          + " Nothing was made or changed.",
        next: [
          "Put back what is missing, or: alcove-relay restore --from BACKUP --directory NEW"
        ])
    case .missing:
      self.init(
        code: "no-relay", exit: 10, message: "There is no relay in \(directory).",
        next: ["alcove-relay init --directory \(place)"])
    case .inUse:
      self.init(
        code: "in-use", exit: 11,
        message: "Another process serves this relay. Nothing was changed.",
        next: ["alcove-relay status --directory \(place)"])
    case .foreignFile:
      self.init(
        code: "foreign-file", exit: 9,
        message: "The store is empty, or not one of an Alcove relay. Nothing was changed.",
        next: ["alcove-relay restore --from BACKUP --directory NEW"])
    case .newerSchema:
      self.init(
        code: "newer-schema", exit: 1,
        message: "A newer version of alcove-relay wrote this store. Nothing was changed.",
        next: ["alcove-relay version"])
    case .notDurable:
      self.init(
        code: "not-durable", exit: 1,
        message: "This disk cannot promise that what was acknowledged stays. Nothing was taken.",
        next: ["Put the directory on a local file system."])
    case .integrity:
      self.init(
        code: "integrity", exit: 9,
        message: "The store contradicts itself. Do not serve it; keep it for examination.",
        next: [check, "alcove-relay restore --from BACKUP --directory NEW"])
    case .readableByOthers:
      self.init(
        code: "readable-by-others", exit: 1,
        message: "Others on this machine can read the relay's files. Nothing was opened.",
        next: ["chmod -R go-rwx \(place)"])
    case .unavailable: self.init(unavailable: directory)
    }
  }

  /// A place that cannot be read or written: because the disk is full, or may not be written, or else.
  private init(unavailable directory: String) {
    // What is not there yet lies on the disk of what is.
    var place = directory
    while !place.isEmpty, place != "/", !FileManager.default.fileExists(atPath: place) {
      place = (place as NSString).deletingLastPathComponent
    }
    if place.isEmpty { place = "." }
    let word = Shell.word(place)
    switch DiskState(place) {
    case .full:
      self.init(
        code: "disk-full", exit: 1,
        message: "The disk under \(directory) is full. What was there is unchanged.",
        next: ["df -h \(word)"])
    case .readOnly:
      self.init(
        code: "read-only", exit: 1,
        message: "\(directory) lies on a file system that may not be written. Nothing was changed.",
        next: ["findmnt -T \(word)"])
    case .usable:
      self.init(
        code: "unavailable", exit: 1,
        message: "The system does not let me read or write \(directory). Nothing was changed.",
        next: ["ls -ld \(word)", "id -un"])
    }
  }

  /// Prints itself as people or programs want it.
  func report(json: Bool) {
    guard json else {
      return Console.note("error: \(message)\n\(steps)")
    }
    var object = facts
    object["v"] = 1
    object["type"] = "error"
    Console.note(JSONText.of(object))
  }

  /// What to do next, below each other.
  var steps: String { "Next:  " + next.joined(separator: "\n       ") }

  /// What a program is told.
  var facts: [String: Any] {
    var facts: [String: Any] = ["code": code, "exit": exit, "message": message, "next": next]
    if !findings.isEmpty { facts["findings"] = findings }
    return facts
  }

  /// Runs a command's body; what the store refuses is a failure of its directory.
  static func reported(
    _ options: CommonOptions, _ body: () async throws -> Void
  ) async throws {
    do {
      try await body()
    } catch let error as RelayStoreError {
      throw Failure(error, directory: options.directory)
    }
  }
}
