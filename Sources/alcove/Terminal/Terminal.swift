// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The controlling terminal: questions reach it while stdin and stdout are pipes.
struct Terminal: ~Copyable {
  struct Size: Equatable {
    var rows: Int
    var columns: Int
  }

  let descriptor: Descriptor

  /// Nil where there is nobody to ask.
  init?() {
    let number = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(number: number)
  }

  deinit { close(descriptor.number) }

  static func size(of descriptor: Descriptor) -> Size? {
    var size = winsize()
    guard unsafe ioctl(descriptor.number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
  }

  func write(_ text: String) {
    try? descriptor.write(Array(text.utf8))
  }

  /// One line as typed, echoed by the terminal; nil at the end of input.
  func readLine() throws(Failure) -> String? {
    var bytes: [UInt8] = []
    while true {
      let some = try reading()
      guard let byte = some.first else {
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
      guard bytes.count < 65_536 else { return String(decoding: bytes, as: UTF8.self) }
    }
  }

  /// One line without echo, into a buffer that does not grow, so that no copy stays behind.
  ///
  /// The terminal is set back on every way out; Ctrl-C is read as a byte here.
  func readSecret(prompt: String) throws(Failure) -> [UInt8] {
    guard let mode = TerminalMode.enter(descriptor, .secret) else {
      throw Failure(.noPassphrase, "the terminal does not allow hidden typing")
    }
    defer {
      mode.leave()
      write("\n")
    }
    write(prompt)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4096)
    while true {
      let some: [UInt8]
      do throws(Failure) {
        some = try reading()
      } catch {
        wipe(&bytes)
        throw error
      }
      switch some.first {
      case nil, 0x03, 0x04:
        wipe(&bytes)
        throw Failure(.cancelled)
      case 0x0A, 0x0D: return bytes
      case 0x7F, 0x08:
        // A whole character, not one of its bytes.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
      case 0x15: bytes.removeAll(keepingCapacity: true)
      case .some(let byte) where bytes.count < 4096: bytes.append(byte)
      default: break
      }
    }
  }

  private func reading() throws(Failure) -> [UInt8] {
    do {
      return try descriptor.read(upTo: 1)
    } catch {
      throw Failure(.cancelled)
    }
  }
}

/// Overwrites what held a secret.
func wipe(_ bytes: inout [UInt8]) {
  for index in bytes.indices { bytes[index] = 0 }
  bytes.removeAll()
}
