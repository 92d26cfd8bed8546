// SPDX-License-Identifier: Apache-2.0

/// What a relay can have had enough of: the closed list of `alcove_relay_limited_total`.
enum Limit: String, CaseIterable, Sendable {
  /// Open connections in all.
  case connections
  /// Open connections of one address.
  case addressConnections = "address-connections"
  /// New connections of one address in a second.
  case handshakes
  /// A TLS handshake took too long.
  case handshakeTime = "handshake-time"
  /// Header fields took too long.
  case headerTime = "header-time"
  case bodyTime = "body-time"
  /// A reader did not read.
  case writeTime = "write-time"
  /// Refused tokens of one address in a minute.
  case refusedTokens = "refused-tokens"
  /// New channels, and bad or spent postage, of one address in a minute.
  case creations
  /// Requests in progress in all.
  case requests
  /// Requests in progress of one address.
  case addressRequests = "address-requests"
  /// Requests in progress on one HTTP/2 connection.
  case connectionRequests = "connection-requests"
  /// Channels that are followed, in all.
  case subscriptions
  /// Channels that one address follows.
  case addressSubscriptions = "address-subscriptions"
  /// Follows of one channel.
  case channelFollows = "channel-follows"
  /// Memory for bodies that have been let in.
  case bodiesInFlight = "bodies-in-flight"
  /// Parts of blobs that are on their way to the disk.
  case partsInFlight = "parts-in-flight"
  /// Blobs that are being read.
  case blobReads = "blob-reads"
  /// Memory for answers that nobody has taken yet.
  case answersInFlight = "answers-in-flight"
}
