// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postage
import RelayLog

extension RelayHome {
  var postageFile: String { path + "/postage.key" }
  var previousPostageFile: String { path + "/postage.previous" }

  var hasPostageKey: Bool { FileManager.default.fileExists(atPath: postageFile) }

  /// The key that signs postage. A relay of an earlier version gets one now.
  func postageKey() throws -> PostagePrivateKey {
    if !hasPostageKey { try makePostageKey() }
    guard isForOwnerAlone(postageFile) else { throw RelayStoreError.readableByOthers }
    guard let data = FileManager.default.contents(atPath: postageFile), data.count <= 1 << 16,
      let key = try? PostagePrivateKey(text: String(decoding: data, as: UTF8.self))
    else { throw Self.damagedPostage(postageFile) }
    return key
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
    let previous = try postageKey().publicKey
    try write(previous.bytes, to: previousPostageFile)
    try makePostageKey()
  }

  private static func damagedPostage(_ file: String) -> Failure {
    Failure(
      code: "postage-key", exit: 9, message: "\(file) holds no postage key.",
      next: ["Put it back from a backup of the relay, or remove it: a new one is made."])
  }
}
