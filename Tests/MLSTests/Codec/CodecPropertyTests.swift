// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import TestSupport
import Testing
import WireFormat

@testable import MLS

/// What any bytes do to the parsers: they answer or throw, and what they take they give back.
@Suite(.enabled(if: Shared.isAvailable))
struct CodecPropertyTests {
  /// The structures that come from outside, each with the names under which the messages vectors have
  /// it.
  struct Kind: Sendable, CustomTestStringConvertible {
    var name: String
    var fields: [String]
    /// What the bytes encode to again; throws where they are refused.
    var roundTrip: @Sendable (WireReader) throws -> [UInt8]

    var testDescription: String { name }
  }

  private static func kind<Value: WireCodable & SendableMetatype>(
    _ type: Value.Type, _ fields: String...
  ) -> Kind {
    Kind(name: "\(type)", fields: fields) { reader in
      var reader = reader
      let value = try reader.read(type)
      try reader.finish()
      return value.wireBytes
    }
  }

  static let kinds: [Kind] = [
    kind(
      MLSMessage.self, "mls_welcome", "mls_group_info", "mls_key_package", "private_message",
      "public_message_application", "public_message_proposal", "public_message_commit"),
    kind(UnverifiedRatchetTree.self, "ratchet_tree"),
    kind(Add.self, "add_proposal"),
    kind(Update.self, "update_proposal"),
    kind(Remove.self, "remove_proposal"),
    kind(PreSharedKeyID.self, "pre_shared_key_proposal"),
    kind(ReInit.self, "re_init_proposal"),
    kind(Commit.self, "commit"),
    Kind(name: "GroupSecrets", fields: ["group_secrets"]) { reader in
      try GroupSecrets(exposedBytes: reader.bytes(since: reader.position, to: reader.remaining))
        .encodedExposingSecrets()
    },
  ]

  private func samples(_ kind: Kind, count: Int) throws -> [[UInt8]] {
    let vectors = try JSONDecoder().decode(
      [[String: String]].self, from: Data(Shared.bytes("vectors/mls/messages.json")))
    return try vectors.prefix(count).flatMap { vector in
      try kind.fields.map { field in
        try #require(vector[field].flatMap { Hex.decode($0) })
      }
    }
  }

  /// Parsed from the middle of a larger array: no parser may count on starting at zero.
  private func parse(_ bytes: [UInt8], as kind: Kind) throws -> [UInt8] {
    let padded = [0xAA, 0xBB, 0xCC] + bytes + [0xDD]
    return try kind.roundTrip(WireReader(padded[3..<3 + bytes.count]))
  }

  @Test(arguments: kinds)
  func `what parses encodes to the same bytes`(kind: Kind) throws {
    for sample in try samples(kind, count: 20) {
      #expect(try parse(sample, as: kind) == sample)
    }
  }

  @Test(arguments: kinds)
  func `nothing shorter and nothing longer parses`(kind: Kind) throws {
    for sample in try samples(kind, count: 1) {
      for count in 0..<sample.count {
        #expect(throws: (any Error).self) { try parse(Array(sample[..<count]), as: kind) }
      }
      #expect(throws: (any Error).self) { try parse(sample + [0], as: kind) }
    }
  }

  @Test(arguments: kinds)
  func `whatever is changed, it is refused or encodes to what it was read from`(
    kind: Kind
  ) throws {
    let random = SeededRandom(seed: 11)
    for sample in try samples(kind, count: 2) {
      for _ in 0..<400 {
        let mutated = mutate(sample, random)
        guard let encoded = try? parse(mutated, as: kind) else { continue }
        #expect(encoded == mutated)
      }
    }
  }

  @Test(arguments: kinds)
  func `random bytes are answered`(kind: Kind) throws {
    let random = SeededRandom(seed: 12)
    for count in 0..<300 {
      let bytes = random.bytes(count)
      guard let encoded = try? parse(bytes, as: kind) else { continue }
      #expect(encoded == bytes)
    }
  }

  @Test(arguments: kinds)
  func `a length that promises more than there is costs nothing`(kind: Kind) throws {
    for sample in try samples(kind, count: 1) {
      for place in sample.indices {
        // 2^30 - 1, the largest length that RFC 9420 section 2.1.2 can express.
        var promising = sample
        promising.replaceSubrange(
          place..<min(place + 4, sample.count), with: [0xBF, 0xFF, 0xFF, 0xFF])
        if let encoded = try? parse(promising, as: kind) { #expect(encoded == promising) }
      }
    }
  }

  private func mutate(_ sample: [UInt8], _ random: SeededRandom) -> [UInt8] {
    var bytes = sample
    for _ in 0...random.uniform(below: 3) {
      guard !bytes.isEmpty else { return bytes }
      let place = Int(random.uniform(below: UInt64(bytes.count)))
      switch random.uniform(below: 6) {
      case 0: bytes[place] ^= 1 << UInt8(random.uniform(below: 8))
      case 1:
        bytes[place] =
          [0, 1, 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xFF][
            Int(random.uniform(below: 9))]
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(random.bytes(1)[0], at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 16))
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
      }
    }
    return bytes
  }
}

extension WireReader {
  /// The bytes that are still to be read.
  fileprivate func bytes(since position: Int, to count: Int) throws -> [UInt8] {
    var rest = self
    return try rest.readFixed(count)
  }
}
