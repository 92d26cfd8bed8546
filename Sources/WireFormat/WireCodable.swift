// SPDX-License-Identifier: Apache-2.0

/// A value that has one encoding in the TLS presentation language.
public protocol WireEncodable {
  /// Appends the encoding to `writer`.
  func encode(into writer: inout WireWriter)
}

/// A value that can be read from the TLS presentation language.
///
/// What an initialiser accepts must encode to the same bytes again.
public protocol WireDecodable {
  /// Reads one value and leaves the reader behind it.
  init(from reader: inout WireReader) throws(WireError)
}

/// A value that is written and read.
public typealias WireCodable = WireEncodable & WireDecodable

extension WireEncodable {
  /// The encoding of this value alone.
  public var wireBytes: [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.bytes
  }
}

extension WireDecodable {
  /// Reads one value that takes all of `wireBytes`.
  public init(wireBytes: [UInt8]) throws(WireError) {
    try self.init(wireBytes: wireBytes[...])
  }

  /// Reads one value that takes all of `wireBytes`.
  public init(wireBytes: ArraySlice<UInt8>) throws(WireError) {
    var reader = WireReader(wireBytes)
    try self.init(from: &reader)
    try reader.finish()
  }
}
