// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Primitives
import RelayLog
import RelayProtocol

extension RelayResponder {
  /// `GET /v1/relay`
  func describe() throws -> Response {
    let description = RelayDescription(
      versions: [1], incarnation: Fields.text(store.incarnation),
      sizeClasses: SizeClass.allCases.map(\.rawValue), retentionDays: store.retentionDays,
      identity: Base64URL.encode(identity), time: clock())
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(bytes: try encoder.encode(description))))
  }

  /// `POST /v1/channel`
  func create(_ request: Request, _ context: RelayContext) async throws -> Response {
    guard admission.mayCreate(context.channel) else { throw RelayError.refused(.limited) }
    let fields = Fields(request)
    let hashes = try fields.list(Fields.turn, count: 2)
    guard let kind = try ChannelClass(rawValue: fields.text(Fields.channelClass)) else {
      throw RelayError.refused(.malformed)
    }
    let channel = NewChannel(
      id: try fields.value(Fields.channel), kind: kind,
      token: try Fields.value(hashes[0]), turn: try Fields.value(hashes[1]))
    let created = try await store.create(channel)
    var headers = HTTPFields()
    // The end of its last day, in seconds since 1970.
    if let day = created.lastDay { headers[Fields.expires] = String((day + 1) * 86_400) }
    return Response(status: created.isNew ? .created : .ok, headers: headers)
  }

  /// `DELETE /v1/channel`
  func close(_ request: Request) async throws -> Response {
    let fields = Fields(request)
    let secret = try TurnSecret(bytes: Fields.bytes(try fields.text(Fields.turn), count: 32))
    try await store.close(
      try fields.value(Fields.channel), token: try fields.token().hash, turn: secret.hash)
    return Response(status: .noContent)
  }
}
