// SPDX-License-Identifier: Apache-2.0

/// What to run after an error of the engine, and what `explain` says about it.
///
/// `{name}` stands for the person it is about, as typed on this device.
struct Guidance: Sendable {
  var next: [String]
  var why: String

  func commands(about name: String?) -> [String] {
    next.map { $0.replacing("{name}", with: name.map(Shell.quoted) ?? "NAME") }
  }
}
