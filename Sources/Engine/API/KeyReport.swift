// SPDX-License-Identifier: Apache-2.0

/// Ages and fingerprints of what this profile holds, without a secret.
public struct KeyReport: Sendable {
  public struct Device: Sendable {
    public let name: String
    /// Whose device key: nil for the therapist's only one, a person for a client's.
    public let person: LocalName?
    public let serial: UInt64
    /// SHA-256 of the public key, 32 bytes.
    public let fingerprint: [UInt8]
    /// SHA-256 of the identity key that certifies it, 32 bytes.
    public let identityFingerprint: [UInt8]
    public let created: Int64
  }
  public struct Relationship: Sendable {
    public let person: LocalName
    public let epoch: UInt64
    /// When this device last replaced its keys; seconds since 1970.
    public let lastOwnCommit: Int64?
    /// When it will, at the latest.
    public let nextTurn: Int64
    /// No new secret for longer than the schedule allows.
    public let overdue: Bool
    /// A commit of this device is on its way.
    public let pending: Bool
  }
  public let devices: [Device]
  public let relationships: [Relationship]
  /// Relationships left out, since what is kept of them is damaged.
  public let damaged: [EngineError]
}
