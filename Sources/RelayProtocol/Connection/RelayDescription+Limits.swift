// SPDX-License-Identifier: Apache-2.0

extension RelayDescription {
  /// What a relay grants, so that nobody has to find out by being refused.
  public struct Limits: Sendable, Hashable, Codable {
    /// What a channel of one class may hold.
    public struct Quota: Sendable, Hashable, Codable {
      public var envelopes: UInt64
      /// Of envelopes.
      public var bytes: UInt64
      /// How many blobs it may ever have.
      public var blobs: UInt64
      /// What they may take together.
      public var blobBytes: UInt64
      /// From its making (intake) or its last append (relationship) to its end.
      public var days: Int64

      public init(
        envelopes: UInt64, bytes: UInt64, blobs: UInt64, blobBytes: UInt64, days: Int64
      ) {
        self.envelopes = envelopes
        self.bytes = bytes
        self.blobs = blobs
        self.blobBytes = blobBytes
        self.days = days
      }

      private enum CodingKeys: String, CodingKey {
        case envelopes, bytes, blobs, days
        case blobBytes = "blob_bytes"
      }
    }

    public var intake: Quota
    public var relationship: Quota
    /// Appends of one channel in a second, for long.
    public var appendsPerSecond: Int
    /// Appends of one channel at once, after a rest.
    public var appendBurst: Int
    /// Channels of one follow.
    public var subscriptions: Int
    /// What one read answers at most, in bytes of envelopes.
    public var readBytes: Int
    /// The length of each part of a blob.
    public var partBytes: Int
    /// Parts of one blob.
    public var parts: Int

    public init(
      intake: Quota, relationship: Quota, appendsPerSecond: Int, appendBurst: Int,
      subscriptions: Int, readBytes: Int, partBytes: Int, parts: Int
    ) {
      self.intake = intake
      self.relationship = relationship
      self.appendsPerSecond = appendsPerSecond
      self.appendBurst = appendBurst
      self.subscriptions = subscriptions
      self.readBytes = readBytes
      self.partBytes = partBytes
      self.parts = parts
    }

    private enum CodingKeys: String, CodingKey {
      case intake, relationship, subscriptions, parts
      case appendsPerSecond = "appends_per_second"
      case appendBurst = "append_burst"
      case readBytes = "read_bytes"
      case partBytes = "part_bytes"
    }
  }
}
