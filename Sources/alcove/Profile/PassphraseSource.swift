// SPDX-License-Identifier: Apache-2.0

/// Where a passphrase comes from: descriptor, file, command, terminal, in this order.
///
/// Never an environment variable, which other processes and crash reports can see.
struct PassphraseSource: Sendable {
  var descriptor: Int32?
  var file: String?
  var command: String?

  private static let limit = 4096

  /// Whether something other than a person was named.
  var isNamed: Bool { descriptor != nil || file != nil || command != nil }

  /// The passphrase without one line end at its end, to be wiped by the caller; nil when no source was named.
  func read() throws(Failure) -> [UInt8]? {
    if let file, descriptor == nil, let fault = Privacy.fault(of: file) {
      throw Failure(.passphraseSource, fault.finding, next: [fault.mend])
    }
    var bytes: [UInt8]
    do throws(SystemFailure) {
      if let descriptor {
        bytes = try Descriptor(number: descriptor).readAll(limit: Self.limit)
      } else if let file {
        bytes = try Files.read(file, limit: Self.limit)
      } else if let command {
        bytes = try ShellCommand.output(of: command, limit: Self.limit)
      } else {
        return nil
      }
    } catch {
      let reason = error.call == "sh" ? "the command failed" : error.reason
      throw Failure(.passphraseSource, "the passphrase could not be read: \(reason)")
    }
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard !bytes.isEmpty else { throw Failure(.passphraseSource, "the passphrase is empty") }
    return bytes
  }
}
