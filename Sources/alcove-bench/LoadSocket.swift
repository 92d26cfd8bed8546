// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Sockets to this machine, with nothing between them and the kernel.
enum LoadSocket {
  struct Lost: Error, CustomStringConvertible {
    let description: String

    /// - Parameter call: what the system refused, and why; nil where the other side has closed.
    init(_ call: String? = nil) {
      let reason = call.map { unsafe "\($0): \(String(cString: strerror(errno)))" }
      description = "a connection of the load ended" + (reason.map { " (\($0))" } ?? "")
    }
  }

  /// Takes as many open files as the system lets this process have.
  static func takeFiles() {
    var files = rlimit()
    let which = __rlimit_resource_t(7)  // RLIMIT_NOFILE
    guard unsafe getrlimit(which, &files) == 0 else { return }
    files.rlim_cur = files.rlim_max
    _ = unsafe setrlimit(which, &files)
  }

  static func send(_ request: [UInt8], on descriptor: Int32) throws {
    var done = 0
    while done < request.count {
      let count = unsafe request.withUnsafeBytes {
        unsafe Glibc.send(
          descriptor, $0.baseAddress! + done, request.count - done, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Lost("send") }
      done += count
    }
  }

  static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var yes: Int32 = 1
    _ = unsafe setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let done = unsafe withUnsafeBytes(of: &address) {
      unsafe Glibc.connect(
        descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
    }
    guard done == 0 else {
      defer { close(descriptor) }
      throw Lost("connect")
    }
    return descriptor
  }
}
