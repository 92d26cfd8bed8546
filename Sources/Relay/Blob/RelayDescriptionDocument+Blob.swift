// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// The routes of blobs in the description.
extension RelayDescriptionDocument {
  static func blobSummary(_ route: RelayRoute) -> String {
    switch route {
    case .makeBlob: "Begins a blob; the same again tells how far it is."
    case .putPart: "Puts one part of exactly 1 MiB in its place; the same again is success."
    case .sealBlob: "Ends an upload by the number of parts and the hash over their hashes."
    case .blobState: "How far a blob is."
    case .readBlob: "Reads a sealed blob or a range of it."
    case .deleteBlob: "Takes a blob away for good; the same again is success."
    default: ""
    }
  }

  static func blobParameters(_ route: RelayRoute) -> [[String: Any]] {
    var parameters = [
      header(HeaderName.channel, "The channel's id, 32 bytes.", bytes32),
      header(HeaderName.blob, "The blob's random id, 32 bytes.", bytes32),
    ]
    switch route {
    case .putPart:
      parameters.append([
        "name": "index", "in": "query", "required": true,
        "description": "The place of the part, counted from 0.",
        "schema": [
          "type": "integer", "minimum": 0, "maximum": Int(PartIndex.maximumCount) - 1,
        ] as [String: Any],
      ])
    case .sealBlob:
      parameters.append(
        header(HeaderName.seal, "The number of parts, and the hash over their hashes.", sealPattern)
      )
    case .readBlob:
      parameters.append(
        header(
          "Range", "One range of bytes.", pattern("bytes=([0-9]{1,12}-[0-9]{0,12}|-[0-9]{1,12})"),
          isRequired: false))
    default: break
    }
    return parameters
  }

  static func blobHeaders(_ route: RelayRoute, _ status: Int) -> [String: Any] {
    switch route {
    case .makeBlob, .blobState:
      [
        HeaderName.parts: value(pattern("[A-Za-z0-9_-]+")),
        HeaderName.seal: value(sealPattern),
      ]
    case .readBlob:
      [HeaderName.seal: value(sealPattern)].merging(
        status == 206
          ? ["Content-Range": value(pattern("bytes [0-9]+-[0-9]+/[0-9]+"))] : [:]
      ) { $1 }
    default: [:]
    }
  }

  private static var sealPattern: [String: Any] { pattern("[1-9][0-9]{0,3}\\.\(text32)") }
}
