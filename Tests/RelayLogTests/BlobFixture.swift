// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayProtocol

@testable import RelayLog

extension TemporaryStore {
  var blobFolder: URL { URL(filePath: BlobFiles.folder(of: path)) }

  /// How many files there are of parts, and how many of parts on their way.
  func files() throws -> (parts: Int, drafts: Int) {
    let names = try FileManager.default.contentsOfDirectory(atPath: blobFolder.path)
    let drafts = try FileManager.default.contentsOfDirectory(
      atPath: blobFolder.appending(path: "tmp").path)
    return (names.count - 1, drafts.count)
  }

  /// Whether there are so many files of parts within some seconds.
  func settles(at count: Int) async throws -> Bool {
    for _ in 0..<500 {
      if try files().parts == count { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }
}

extension Member {
  func place(_ blob: BlobID, epoch: Int? = nil) -> BlobPlace {
    BlobPlace(
      channel: channel, token: epochs[epoch ?? epochs.count - 1].token.hash, blob: blob)
  }

  /// A part of 1 MiB that is one byte over and over, but for its beginning.
  func part(_ byte: UInt8) -> [UInt8] {
    random.bytes(32) + [UInt8](repeating: byte, count: PartIndex.partLength - 32)
  }
}

extension SQLiteRelayStore {
  func put(_ part: [UInt8], _ index: UInt64, _ place: BlobPlace) async throws {
    try await putPart(place, PartIndex(index)!) { take in
      for start in stride(from: 0, to: part.count, by: 100_000) {
        try await take(Array(part[start..<min(start + 100_000, part.count)]))
      }
    }
  }

  /// A sealed blob of these parts.
  func blob(_ id: BlobID, _ parts: [[UInt8]], _ member: Member) async throws -> BlobSeal {
    let place = member.place(id)
    _ = try await makeBlob(place)
    for (index, part) in parts.enumerated() { try await put(part, UInt64(index), place) }
    let seal = BlobSeal(of: parts.map { PartHash(checked: Digest.sha256($0)) })!
    try await sealBlob(place, seal)
    return seal
  }

  /// All bytes of a stretch, or of the whole blob.
  func read(_ place: BlobPlace, _ range: Range<UInt64>? = nil) async throws -> [UInt8] {
    let contents = try await readBlob(place) { range ?? 0..<$0 }
    var bytes: [UInt8] = []
    while UInt64(bytes.count) < UInt64(contents.range.count) {
      bytes += try await contents.read(
        at: contents.range.lowerBound + UInt64(bytes.count), count: 300_000)
    }
    return bytes
  }
}

extension BlobFiles {
  /// All parts in their places.
  func names() throws -> [PartName] {
    var names: [PartName] = []
    try forEachSlice(of: 2) { names += $0 }
    return names
  }
}
