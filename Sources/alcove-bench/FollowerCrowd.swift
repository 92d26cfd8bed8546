// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Many followers, each on a connection of its own, all in the caller's thread.
@safe final class FollowerCrowd {
  private struct Follower {
    let descriptor: Int32
    var hasHead = false
    /// The type of the last frame that came.
    var lastFrame: UInt8?
    /// How often it was told that it has everything: once for each channel at first.
    var timesCaughtUp = 0
  }

  private var followers: [Follower] = []
  private let ready: Int32
  private var events = unsafe [epoll_event](repeating: epoll_event(), count: 1_024)
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  /// Connects, and asks for the same on each connection.
  init(port: Int, count: Int, follow: [UInt8]) throws {
    ready = epoll_create1(0)
    for index in 0..<count {
      let descriptor = try LoadSocket.connect(port)
      followers.append(Follower(descriptor: descriptor))
      var event = unsafe epoll_event(
        events: EPOLLIN.rawValue, data: epoll_data(u64: UInt64(index)))
      _ = unsafe epoll_ctl(ready, EPOLL_CTL_ADD, descriptor, &event)
      try LoadSocket.send(follow, on: descriptor)
    }
  }

  deinit {
    close(ready)
    for follower in followers { close(follower.descriptor) }
  }

  static let envelope: UInt8 = 1
  static let caughtUp: UInt8 = 5

  /// Waits until every follower has had a frame of this type, for at most so long; how many have.
  func wait(forFrame type: UInt8, within time: Duration) throws -> Int {
    try wait(within: time) { $0.lastFrame == type }
  }

  private func wait(within time: Duration, for condition: (Follower) -> Bool) throws -> Int {
    let end = ContinuousClock.now + time
    var seen = followers.count(where: condition)
    while seen < followers.count, .now < end {
      let left = max(0, (end - .now) / .milliseconds(1))
      let count = unsafe Int(
        max(0, epoll_wait(ready, &events, Int32(events.count), Int32(left))))
      for event in 0..<count {
        let index = unsafe Int(events[event].data.u64)
        let before = condition(followers[index])
        try receive(index)
        if !before, condition(followers[index]) { seen += 1 }
      }
    }
    return seen
  }

  /// Waits until every follower has everything of so many channels, for at most so long; how many have.
  func wait(forChannels channels: Int, within time: Duration) throws -> Int {
    try wait(within: time) { $0.timesCaughtUp >= channels }
  }

  /// Forgets what has come: what is waited for next is new.
  func forget() {
    for index in followers.indices { followers[index].lastFrame = nil }
  }

  /// An answer is small: its chunks come whole.
  private func receive(_ index: Int) throws {
    let count = unsafe recv(followers[index].descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw LoadSocket.Lost(count < 0 ? "recv" : nil) }
    var rest = buffer[..<count]
    if !followers[index].hasHead {
      guard let end = HTTPExchange.headEnd(Array(rest)) else { return }
      followers[index].hasHead = true
      rest = rest[end...]
    }
    // Size in hexadecimal, CRLF, that many bytes, CRLF; each chunk begins with a frame.
    while let end = rest.firstIndex(of: 10), end > rest.startIndex + 1, end + 1 < rest.endIndex {
      let digits = String(decoding: rest[rest.startIndex..<(end - 1)], as: UTF8.self)
      guard let size = Int(digits, radix: 16), size > 0 else { return }
      followers[index].lastFrame = rest[end + 1]
      if rest[end + 1] == Self.caughtUp { followers[index].timesCaughtUp += 1 }
      rest = rest.dropFirst(end - rest.startIndex + 1 + size + 2)
    }
  }
}
