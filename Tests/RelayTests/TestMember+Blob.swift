// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol

extension TestMember {
  private func request(_ method: String, _ path: String, _ blob: BlobID) -> RawRequest {
    RawRequest(
      method: method, path: path,
      fields: [
        ("Alcove-Channel", Self.text(channel.bytes)),
        ("Authorization", "Bearer " + Self.text(token)), ("Alcove-Blob", Self.text(blob.bytes)),
      ])
  }

  func makeBlob(_ blob: BlobID) -> RawRequest { request("POST", "/v1/blob", blob) }

  func part(_ blob: BlobID, _ index: String, _ bytes: [UInt8]) -> RawRequest {
    var request = request("PUT", "/v1/blob/part?index=\(index)", blob)
    request.body = bytes
    return request
  }

  func seal(_ blob: BlobID, _ parts: [[UInt8]]) -> RawRequest {
    let hash = BlobHash(parts: parts.map { PartHash(checked: Digest.sha256($0)) })
    return request("POST", "/v1/blob/seal", blob)
      .with("Alcove-Seal", "\(parts.count).\(Self.text(hash.bytes))")
  }

  func stateOfBlob(_ blob: BlobID) -> RawRequest { request("HEAD", "/v1/blob", blob) }

  func readBlob(_ blob: BlobID, _ range: String? = nil) -> RawRequest {
    request("GET", "/v1/blob", blob).with("Range", range)
  }

  func deleteBlob(_ blob: BlobID) -> RawRequest { request("DELETE", "/v1/blob", blob) }
}
