// SPDX-License-Identifier: Apache-2.0

/// Bounds of the HTTP layer: what nobody pays for must cost little.
package struct RelayLimits: Sendable {
  /// All header fields of one request, in bytes.
  package var headerBytes = 16 * 1_024
  /// Open connections in all.
  package var connections = 20_000
  /// Open connections of one address, as everything by address only from other machines unless
  /// ``exemptsLoopback`` says otherwise.
  package var connectionsPerAddress = 256
  /// New connections of one address.
  package var handshakesPerSecond = 10
  /// Tokens of one address that opened nothing, before no more are looked at.
  package var refusedTokensPerMinute = 60
  /// New channels of one address.
  package var creationsPerMinute = 30
  /// Requests in progress in all: follows, reads that wait, and answers that are being taken.
  package var requests = 32_768
  /// The same for one address.
  package var requestsPerAddress = 1_024
  /// Streams that a client of HTTP/2 may have open on one connection.
  package var streams = 16
  /// Channels that are followed, in all, each follow counted; about 400 bytes each.
  package var subscriptions = 262_144
  /// The same for one address: sixteen clients of 1,024 channels.
  package var subscriptionsPerAddress = 16_384
  /// Follows of one channel under one token.
  package var followsPerChannel = 16_384
  /// Whether this machine, which is where a proxy is, is one address among others.
  package var exemptsLoopback = true
  /// From the first byte of a request, or the beginning of a connection, to the end of its header
  /// fields.
  package var headerMilliseconds: Int64 = 10_000
  /// From a connection to the end of its TLS handshake, in milliseconds.
  package var handshakeMilliseconds: Int64 = 2_000
  /// Bodies that have been let in and not yet answered, in bytes.
  package var bodiesInFlight = 64 << 20
  /// The same for one peer: the members of a channel, or an address.
  package var bodiesPerPeer = 8 << 20
  /// Parts of blobs that are on their way to the disk, of 1 MiB each.
  package var partsInFlight = 64
  /// The same for one peer.
  package var partsPerPeer = 8
  /// Blobs and ranges of them that are being read.
  package var blobReads = 512
  /// The same for one peer.
  package var blobReadsPerPeer = 64
  /// Answers that their readers have not taken yet, in bytes.
  package var answersInFlight = 64 << 20
  /// The same for one peer.
  package var answersPerPeer = 8 << 20
  /// When there is no room, the peer that holds the most gives way at once. Among equals those do of whose
  /// body less than 16 KiB has come in this time, or who have taken nothing of their answer for so long;
  /// for parts and blobs that are read, those of which no piece of 64 KiB has moved for so long.
  package var patience = Duration.seconds(2)
  /// A reader takes each piece of its answer within this time, in seconds.
  package var writeSeconds = 30
  /// A body has this long, and one second more for each 16 KiB.
  package var bodySeconds = 30
  /// A connection on which nothing moves for so long is closed. Longer than a heartbeat.
  package var idleSeconds: Int64 = 60
  /// The longest wait of a read, in seconds.
  package var longestWait = 60
  /// A follower hears something at least this often, in seconds.
  package var heartbeatSeconds = 20
  /// What one read answers at most, in bytes of envelopes.
  package var readBytes = 2 << 20
  /// The largest envelope that is pushed to a follower; larger ones are announced by `head`.
  package var pushBytes = 64 << 10

  package init() {}
}
