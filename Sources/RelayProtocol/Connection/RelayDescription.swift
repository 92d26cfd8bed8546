// SPDX-License-Identifier: Apache-2.0

/// What a relay tells about itself.
public struct RelayDescription: Sendable, Hashable, Codable {
  /// Protocol versions that it speaks.
  public var versions: [Int]
  /// base64url, 16 bytes.
  public var incarnation: String
  /// Size classes in KiB.
  public var sizeClasses: [Int]
  /// How long bodies of messages are kept, in days; nil for as long as the channel.
  public var retentionDays: Int?
  /// The relay's Ed25519 identity key, base64url, 32 bytes.
  public var identity: String
  /// Seconds since 1970.
  public var time: Int64
  /// Whether channels cost postage; nil for a relay that does not know of any.
  public var requiresPostage: Bool?
  /// The keys under which it takes postage, the one that it issues under first: base64url of
  /// SubjectPublicKeyInfo in DER.
  public var keys: [String]?
  /// What it grants; nil for a relay that does not say.
  public var limits: Limits?

  public init(
    versions: [Int], incarnation: String, sizeClasses: [Int], retentionDays: Int?,
    identity: String, time: Int64, requiresPostage: Bool? = nil, keys: [String]? = nil,
    limits: Limits? = nil
  ) {
    self.versions = versions
    self.incarnation = incarnation
    self.sizeClasses = sizeClasses
    self.retentionDays = retentionDays
    self.identity = identity
    self.time = time
    self.requiresPostage = requiresPostage
    self.keys = keys
    self.limits = limits
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(versions, forKey: .versions)
    try container.encode(incarnation, forKey: .incarnation)
    try container.encode(sizeClasses, forKey: .sizeClasses)
    // Said also where there is none: null.
    try container.encode(retentionDays, forKey: .retentionDays)
    try container.encode(identity, forKey: .identity)
    try container.encode(time, forKey: .time)
    try container.encodeIfPresent(requiresPostage, forKey: .requiresPostage)
    try container.encodeIfPresent(keys, forKey: .keys)
    try container.encodeIfPresent(limits, forKey: .limits)
  }

  /// What ``time`` can be: up to the end of the year 9999.
  public static let possibleTimes: ClosedRange<Int64> = 0...253_402_300_799

  private enum CodingKeys: String, CodingKey {
    case versions, incarnation, identity, time, keys, limits
    case sizeClasses = "size_classes"
    case retentionDays = "retention_days"
    case requiresPostage = "postage_required"
  }
}
