// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import RelayProtocol
import Synchronization

/// A part while its bytes arrive: they go to the disk and through the hash, and nowhere else.
final class PartFile: Sendable {
  private struct State {
    var descriptor: Int32
    var hash = RunningSHA256()
    var count = 0
  }

  let name: PartName
  private let state: Mutex<State>

  /// Takes over an empty file that is open for writing.
  init(_ name: PartName, descriptor: Int32) {
    self.name = name
    state = Mutex(State(descriptor: descriptor))
  }

  deinit { close() }

  /// Adds bytes to the end; more than a part are malformed.
  func write(_ bytes: [UInt8]) throws(RelayError) {
    try state.withLock { state throws(RelayError) in
      guard state.count + bytes.count <= PartIndex.partLength else { throw .refused(.malformed) }
      var written = 0
      while written < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { source in
          unsafe Glibc.write(
            state.descriptor, source.baseAddress?.advanced(by: written), bytes.count - written)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw BlobFiles.error(errno) }
        written += count
      }
      state.hash.update(bytes)
      state.count += bytes.count
    }
  }

  /// Brings a whole part to the disk. After a failed flush this file is not used: whoever sends the
  /// part again gets another one.
  ///
  /// - Parameter time: seconds since 1970 that the file is dated with.
  func flush(time: Int64) throws(RelayError) -> PartHash {
    try state.withLock { state throws(RelayError) in
      guard state.count == PartIndex.partLength else { throw .refused(.malformed) }
      try Self.flush(state, time)
      return PartHash(checked: state.hash.digest())
    }
  }

  /// Brings to the disk what there is, a whole part or not.
  func keep(time: Int64) throws(RelayError) {
    try state.withLock { state throws(RelayError) in try Self.flush(state, time) }
  }

  private static func flush(_ state: State, _ time: Int64) throws(RelayError) {
    let stamp = timespec(tv_sec: Int(time), tv_nsec: 0)
    guard unsafe futimens(state.descriptor, [stamp, stamp]) == 0, fsync(state.descriptor) == 0
    else { throw BlobFiles.error(errno) }
  }

  func close() {
    state.withLock { state in
      if state.descriptor >= 0 { Glibc.close(state.descriptor) }
      state.descriptor = -1
    }
  }
}
