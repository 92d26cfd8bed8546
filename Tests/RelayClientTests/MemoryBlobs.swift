// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayClient
import RelayProtocol
import Synchronization

/// A relay's blobs in memory, on whose way things go wrong as a test decides.
final class MemoryBlobs: BlobConnection {
  enum Call: Hashable { case make, put, seal, read, delete }
  private struct State {
    var parts: [UInt32: [UInt8]] = [:]
    var seal: BlobSeal?
    var isDeleted = false
    var puts = 0
    var underway = 0
    var most = 0
  }

  private let state = Mutex(State())
  /// Asked before each call; what it throws after a call was done is a lost answer.
  let before: @Sendable (Call, Int) throws(RelayError) -> Void
  let after: @Sendable (Call, Int) throws(RelayError) -> Void

  init(
    before: @escaping @Sendable (Call, Int) throws(RelayError) -> Void = { _, _ in },
    after: @escaping @Sendable (Call, Int) throws(RelayError) -> Void = { _, _ in }
  ) {
    self.before = before
    self.after = after
  }

  var parts: [UInt32: [UInt8]] { state.withLock { $0.parts } }
  var isDeleted: Bool { state.withLock { $0.isDeleted } }
  /// How many parts were put, and how many of them at once.
  var counts: (puts: Int, most: Int) { state.withLock { ($0.puts, $0.most) } }
  func damage(_ change: (inout [UInt32: [UInt8]]) -> Void) {
    state.withLock { change(&$0.parts) }
  }

  func makeBlob(_ blob: BlobAccess) async throws(RelayError) -> BlobState {
    try before(.make, 0)
    let found = state.withLock { state -> BlobState in
      if let seal = state.seal { return .sealed(seal) }
      var set = PartSet()
      for index in state.parts.keys { if let part = PartIndex(UInt64(index)) { set.insert(part) } }
      return .open(set)
    }
    try after(.make, 0)
    return found
  }

  func putPart(
    _ blob: BlobAccess, _ index: PartIndex, _ bytes: [UInt8]
  ) async throws(RelayError) {
    let number = state.withLock { state in
      state.puts += 1
      state.underway += 1
      state.most = max(state.most, state.underway)
      return state.puts
    }
    defer { state.withLock { $0.underway -= 1 } }
    try before(.put, number)
    await Task.yield()
    let isSame = state.withLock { state in
      if let old = state.parts[index.value] { return old == bytes }
      state.parts[index.value] = bytes
      return bytes.count == PartIndex.partLength
    }
    guard isSame else { throw .refused(.partConflict) }
    try after(.put, number)
  }

  func sealBlob(_ blob: BlobAccess, _ seal: BlobSeal) async throws(RelayError) {
    try before(.seal, 0)
    let problem = state.withLock { state -> RelayProblem? in
      if let old = state.seal { return old == seal ? nil : .sealed }
      let parts = state.parts.sorted { $0.key < $1.key }
      let hashes = parts.map { PartHash(checked: Digest.sha256($0.value)) }
      guard parts.count >= Int(seal.parts) else { return .partsMissing }
      guard BlobSeal(of: hashes) == seal else { return .hashMismatch }
      state.seal = seal
      return nil
    }
    if let problem { throw .refused(problem) }
    try after(.seal, 0)
  }

  func readPart(_ blob: BlobAccess, _ index: PartIndex) async throws(RelayError) -> [UInt8] {
    try before(.read, Int(index.value))
    await Task.yield()
    guard let part = state.withLock({ $0.parts[index.value] }) else {
      throw .refused(.beyondEnd)
    }
    return part
  }

  func deleteBlob(_ blob: BlobAccess) async throws(RelayError) {
    state.withLock { $0.isDeleted = true }
  }
}

/// A content in memory, which a test may change.
final class MemorySource: BlobSource {
  private let bytes: Mutex<[UInt8]>
  let length: UInt64

  init(_ bytes: [UInt8]) {
    self.bytes = Mutex(bytes)
    length = UInt64(bytes.count)
  }

  func change(_ place: Int) { bytes.withLock { $0[place] ^= 1 } }

  func read(at offset: UInt64, count: Int) -> [UInt8] {
    bytes.withLock { Array($0[Int(offset)..<Int(offset) + count]) }
  }
}
