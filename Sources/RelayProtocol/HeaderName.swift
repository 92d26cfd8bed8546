// SPDX-License-Identifier: Apache-2.0

/// The header fields of the protocol: ids and tokens travel here, never in a URL.
public enum HeaderName {
  public static let channel = "Alcove-Channel"
  public static let channelClass = "Alcove-Class"
  public static let envelope = "Alcove-Envelope"
  /// A turn: L, SHA-256(T') and SHA-256(L'), each in base64url, separated by dots. On creation: the
  /// two hashes of the first epoch.
  public static let turn = "Alcove-Turn"
  /// `seq.chain`: the position that an append must land on, and the chain before it.
  public static let at = "Alcove-At"
  /// A token that pays for a channel.
  public static let postage = "Alcove-Postage"
  public static let incarnation = "Alcove-Incarnation"
  public static let sequence = "Alcove-Seq"
  public static let chain = "Alcove-Chain"
  public static let head = "Alcove-Head"
  public static let replay = "Alcove-Replay"
  public static let blob = "Alcove-Blob"
  /// `parts.hash`: what a blob is sealed with.
  public static let seal = "Alcove-Seal"
  /// The parts that a relay has of a blob which is not sealed yet, as a set of bits in base64url.
  public static let parts = "Alcove-Parts"
  /// `day.signature`: the relay's word for a turn.
  public static let receipt = "Alcove-Receipt"
  public static let framesType = "application/vnd.alcove.frames; v=1"
  public static let problemType = "application/problem+json"
}
