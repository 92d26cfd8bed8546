// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file descriptor, read and written in whole.
struct Descriptor: Equatable, Sendable {
  let number: Int32

  static let standardInput = Descriptor(number: 0)
  static let standardOutput = Descriptor(number: 1)
  static let standardError = Descriptor(number: 2)

  var isTerminal: Bool { isatty(number) == 1 }

  /// Up to `count` bytes; empty at the end.
  func read(upTo count: Int) throws(SystemFailure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    while true {
      let got = unsafe Glibc.read(number, &buffer, count)
      if got >= 0 {
        buffer.removeLast(count - got)
        return buffer
      }
      guard errno == EINTR else { throw .last("read") }
    }
  }

  /// Everything up to the end; EFBIG beyond the limit.
  func readAll(limit: Int) throws(SystemFailure) -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let some = try read(upTo: min(65_536, limit + 1 - all.count))
      if some.isEmpty { return all }
      all += some
      guard all.count <= limit else { throw SystemFailure(call: "read", number: EFBIG) }
    }
  }

  func write(_ bytes: [UInt8]) throws(SystemFailure) {
    var start = 0
    while start < bytes.count {
      let sent = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(number, buffer.baseAddress?.advanced(by: start), buffer.count - start)
      }
      if sent >= 0 {
        start += sent
      } else if errno != EINTR {
        throw .last("write")
      }
    }
  }
}
