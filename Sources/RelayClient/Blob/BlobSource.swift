// SPDX-License-Identifier: Apache-2.0

/// The content of a blob before it is sealed: of a known length, and readable at any place, since an
/// upload may have to begin again in its middle.
public protocol BlobSource: Sendable {
  /// In bytes.
  var length: UInt64 { get }
  /// Exactly `count` bytes from `offset` on, or an error.
  func read(at offset: UInt64, count: Int) throws -> [UInt8]
}
