// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard input, output and errors, by the system's own calls: Foundation's handles end the process by a
/// trap where one is closed, full or a directory, and `print` says nothing of what was lost.
enum Console {
  private static let input: Int32 = 0
  private static let output: Int32 = 1
  private static let errors: Int32 = 2

  /// Text for people.
  static func line(_ text: String) throws(Failure) { try put(Printable.lines(text) + "\n") }

  /// One object for a program.
  static func object(_ members: [String: Any]) throws(Failure) {
    try put(JSONText.of(members) + "\n")
  }

  /// Text as it is. Whoever has left before its end has what they wanted; any other loss is an error.
  static func put(_ text: String) throws(Failure) {
    let error = write(text, to: output)
    guard error == 0 || error == EPIPE else {
      throw Failure(
        code: "output", exit: 1,
        message: "The answer cannot be written: its place is closed or full."
          + " What the command did stands.",
        next: ["df -h"])
    }
  }

  /// A line beside the output. Where it cannot be written there is nobody to tell.
  static func note(_ text: String) { _ = write(Printable.lines(text) + "\n", to: errors) }

  /// Everything that is put in; nil when it cannot be read or is longer than `limit` bytes.
  static func read(limit: Int) -> [UInt8]? {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe Glibc.read(input, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, all.count + count <= limit else { return nil }
      if count == 0 { return all }
      all += buffer[..<count]
    }
  }

  /// The error that stopped it; 0 when all was written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      rest = rest.dropFirst(count)
    }
    return 0
  }
}
