// SPDX-License-Identifier: Apache-2.0

/// One use of the exporter, RFC 9420 section 8.5.
public struct ExportRequest: Hashable, Sendable {
  public var label: String
  public var context: [UInt8]
  /// Bytes asked for.
  public var count: Int

  public init(label: String, context: [UInt8], count: Int) {
    self.label = label
    self.context = context
    self.count = count
  }
}
