// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import Postage
import Primitives
import RelayLog
import RelayProtocol

extension RelayResponder {
  /// `GET /v1/relay`
  func describe() throws -> Response {
    let description = RelayDescription(
      versions: [1], incarnation: Fields.text(store.incarnation),
      sizeClasses: SizeClass.allCases.map(\.rawValue), retentionDays: store.policy.retentionDays,
      identity: Base64URL.encode(identity.publicKey), time: clock(),
      requiresPostage: store.policy.requiresPostage,
      keys: postage.keys.map { Base64URL.encode($0.bytes) },
      limits: granted)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(description))))
  }

  private var granted: RelayDescription.Limits {
    RelayDescription.Limits(
      intake: Self.quota(.intake), relationship: Self.quota(.relationship),
      appendsPerSecond: store.policy.appendsPerSecond, appendBurst: store.policy.appendBurst,
      subscriptions: Follow.maximumSubscriptions, readBytes: limits.readBytes,
      partBytes: PartIndex.partLength, parts: Int(PartIndex.maximumCount))
  }

  private static func quota(_ kind: ChannelClass) -> RelayDescription.Limits.Quota {
    let limits = ChannelLimits.of(kind)
    return RelayDescription.Limits.Quota(
      envelopes: limits.envelopes, bytes: limits.bytes, blobs: limits.blobs,
      blobBytes: limits.blobBytes, days: limits.days)
  }

  /// `POST /v1/channel`
  func create(_ request: Request, _ context: RelayContext) async throws -> Response {
    let fields = Fields(request)
    let hashes = try fields.list(Fields.turn, count: 2)
    guard let kind = try ChannelClass(rawValue: fields.text(Fields.channelClass)) else {
      throw RelayError.refused(.malformed)
    }
    let channel = NewChannel(
      id: try fields.value(Fields.channel), kind: kind,
      token: try Fields.value(hashes[0]), turn: try Fields.value(hashes[1]))
    let spending = try payment(fields, for: .creating(channel), context)
    let created = try await store.create(channel, postage: spending)
    count(created.payment)
    return Response(
      status: created.isNew ? .created : .ok, headers: Self.expiry(created.lastDay))
  }

  /// The end of a channel's last day, in seconds since 1970.
  static func expiry(_ day: Int64?) -> HTTPFields {
    var headers = HTTPFields()
    if let day { headers[Fields.expires] = String((day + 1) * 86_400) }
    return headers
  }

  /// `DELETE /v1/channel`
  func close(_ request: Request) async throws -> Response {
    let fields = Fields(request)
    let secret = try TurnSecret(bytes: Fields.bytes(try fields.text(Fields.turn)[...], count: 32))
    try await store.close(
      try fields.value(Fields.channel), token: try fields.token().hash, turn: secret.hash)
    return Response(status: .noContent)
  }
}
