// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postage
import RelayLog

extension RelayHome {
  var postageFile: String { path + "/postage.key" }
  var previousPostageFile: String { path + "/postage.previous" }

  var hasPostageKey: Bool { FileManager.default.fileExists(atPath: postageFile) }

  var hasPreviousPostageKey: Bool { FileManager.default.fileExists(atPath: previousPostageFile) }

  /// The key that signs postage.
  func postageKey() throws -> PostagePrivateKey {
    guard hasPostageKey else {
      throw Failure(
        code: "no-postage-key", exit: 9,
        message: "\(postageFile) is missing: what was issued under it cannot be checked.",
        next: [
          "Put it back from a backup of the relay, or, if there is none:",
          "alcove-relay postage rotate --directory \(word)",
        ])
    }
    guard isForOwnerAlone(postageFile) else { throw RelayStoreError.readableByOthers }
    guard let data = FileManager.default.contents(atPath: postageFile), data.count <= 1 << 16,
      let key = try? PostagePrivateKey(text: String(decoding: data, as: UTF8.self))
    else { throw Self.damagedPostage(postageFile) }
    return key
  }

  /// A relay of an earlier version gets its first key, and whoever watches is told; where anything was ever
  /// paid with postage a key was lost, and none is made in its place.
  func makeFirstPostageKey() throws {
    guard !hasPostageKey, !hasPreviousPostageKey,
      try SQLiteRelayStore.postage(path: store).isEmpty
    else { return }
    try makePostageKey()
    Console.note("ok  a first postage key was made; if there was one, put it back from a backup")
  }

  /// The keys under which postage is taken: the one that signs, and the one before it.
  func postageKeys() throws -> [PostageKey] {
    let current = try postageKey().publicKey
    guard let data = FileManager.default.contents(atPath: previousPostageFile) else {
      return [current]
    }
    guard let previous = try? PostageKey(bytes: Array(data)) else {
      throw Self.damagedPostage(previousPostageFile)
    }
    return [current, previous]
  }

  func makePostageKey() throws {
    let key: PostagePrivateKey
    do { key = try PostagePrivateKey() } catch { throw RelayStoreError.unavailable }
    try write(key.text, to: postageFile)
  }

  /// A new key; of the one before the public half stays, so that nothing more is issued under it.
  func changePostageKey() throws {
    // A key that is lost leaves nothing behind; what was issued under it is lost with it.
    if hasPostageKey {
      try write(try postageKey().publicKey.bytes, to: previousPostageFile)
    }
    try makePostageKey()
  }

  private static func damagedPostage(_ file: String) -> Failure {
    Failure(
      code: "postage-key", exit: 9, message: "\(file) holds no postage key.",
      next: ["Put it back from a backup of the relay."])
  }
}
