// SPDX-License-Identifier: Apache-2.0

import NIOHTTP1
import Primitives
public import RelayProtocol

extension RelayClient: BlobConnection {
  /// A part takes as much longer than any other call, on a slow line.
  private static let partTime: Duration = .seconds(90)

  public func makeBlob(_ blob: BlobAccess) async throws(RelayError) -> BlobState {
    let answer = try await performInTurn(call(.POST, "/v1/blob", blob))
    guard answer.status == 201 || answer.status == 200 else { throw answer.refusal() }
    if answer.headers.contains(name: HeaderName.seal) {
      return .sealed(try Self.seal(try answer.field(HeaderName.seal)))
    }
    guard
      let bytes = Base64URL.decode(try answer.field(HeaderName.parts, limit: 2_048)),
      let parts = PartSet(bytes: bytes)
    else { throw .malformedAnswer }
    return .open(parts)
  }

  public func putPart(
    _ blob: BlobAccess, _ index: PartIndex, _ bytes: [UInt8]
  ) async throws(RelayError) {
    var call = call(.PUT, "/v1/blob/part?index=\(index.value)", blob)
    call.set("Content-Type", "application/octet-stream")
    call.body = bytes
    call.waiting = Self.partTime
    let answer = try await perform(call)
    guard answer.status == 204 else { throw answer.refusal() }
  }

  public func sealBlob(_ blob: BlobAccess, _ seal: BlobSeal) async throws(RelayError) {
    var call = call(.POST, "/v1/blob/seal", blob)
    call.set(HeaderName.seal, "\(seal.parts).\(Base64URL.encode(seal.hash.bytes))")
    let answer = try await perform(call)
    guard answer.status == 204 else { throw answer.refusal() }
  }

  public func readPart(
    _ blob: BlobAccess, _ index: PartIndex
  ) async throws(RelayError) -> [UInt8] {
    let start = UInt64(index.value) * UInt64(PartIndex.partLength)
    let range = "\(start)-\(start + UInt64(PartIndex.partLength) - 1)"
    var call = call(.GET, "/v1/blob", blob)
    call.set("Range", "bytes=\(range)")
    call.bound = PartIndex.partLength
    call.waiting = Self.partTime
    let answer = try await perform(call)
    guard answer.status == 206 else { throw answer.refusal() }
    guard answer.body.count == PartIndex.partLength,
      try answer.field("Content-Range").hasPrefix("bytes \(range)/")
    else { throw .malformedAnswer }
    return answer.body
  }

  public func deleteBlob(_ blob: BlobAccess) async throws(RelayError) {
    let answer = try await perform(call(.DELETE, "/v1/blob", blob))
    guard answer.status == 204 else { throw answer.refusal() }
  }

  private func call(_ method: HTTPMethod, _ path: String, _ blob: BlobAccess) -> RelayCall {
    var call = RelayCall(method, path)
    call.present(blob.channel, blob.token)
    call.set(HeaderName.blob, Base64URL.encode(blob.blob.bytes))
    return call
  }

  private static func seal(_ text: String) throws(RelayError) -> BlobSeal {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = UInt64(parts[0]), String(count) == parts[0],
      let bytes = Base64URL.decode(parts[1]), let hash = try? BlobHash(bytes: bytes),
      let seal = BlobSeal(parts: count, hash: hash)
    else { throw .malformedAnswer }
    return seal
  }
}
