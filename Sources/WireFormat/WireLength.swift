// SPDX-License-Identifier: Apache-2.0

/// The variable-size vector length header.
///
/// ```
/// Prefix  Bytes  Usable bits  Min    Max
/// 00      1      6            0      63
/// 01      2      14           64     16383
/// 10      4      30           16384  1073741823
/// 11      invalid
/// ```
///
/// RFC 9420 §2.1.2; taken from QUIC, but every length has exactly one encoding.
public enum WireLength {
  /// The longest vector that can be written, 2^30 - 1 bytes.
  public static let maximum = 0x3fff_ffff

  /// How many bytes the header of a vector of `length` bytes takes.
  public static func headerSize(of length: Int) -> Int {
    length < 0x40 ? 1 : length < 0x4000 ? 2 : 4
  }
}
