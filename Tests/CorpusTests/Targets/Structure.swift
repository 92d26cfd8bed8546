// SPDX-License-Identifier: Apache-2.0

import WireFormat

/// A structure with one encoding: what its reader takes, its writer gives back byte for byte.
struct Structure: Sendable {
  /// What the bytes encode to again; throws where they are refused.
  let reencoded: @Sendable (ArraySlice<UInt8>) throws -> [UInt8]

  /// A structure with a reader of its own.
  init(_ reencoded: @escaping @Sendable (ArraySlice<UInt8>) throws -> [UInt8]) {
    self.reencoded = reencoded
  }

  init<Value: WireCodable & SendableMetatype>(_ type: Value.Type) {
    self.init { bytes in try Value(wireBytes: bytes).wireBytes }
  }

  func check(_ bytes: ArraySlice<UInt8>) throws {
    guard let encoded = try? reencoded(bytes) else { return }
    try require(encoded.elementsEqual(bytes), .encodesDifferently)
  }
}

extension FuzzTarget {
  /// A target for one of several structures, which the first byte of an input names.
  ///
  /// - Parameter seeds: Valid encodings, each with the place of its structure.
  init(
    _ name: String, anyOf structures: [Structure],
    seeds: @escaping @Sendable () throws -> [(Int, [UInt8])]
  ) {
    self.init(
      name: name,
      run: { input in
        guard let first = input.first, Int(first) < structures.count else { return }
        try structures[Int(first)].check(input.dropFirst())
      },
      seeds: {
        // A lone name beside each, so that no structure is left out for want of a seed.
        try structures.indices.map { [UInt8($0)] }
          + seeds().map { place, bytes in
            try require(structures[place].reencoded(bytes[...]) == bytes, .validRefused)
            return [UInt8(place)] + bytes
          }
      })
  }
}
