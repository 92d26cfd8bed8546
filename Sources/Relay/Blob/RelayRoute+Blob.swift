// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

extension RelayRoute {
  static let blobSuccesses: [RelayRoute: [Int]] = [
    .makeBlob: [201, 200], .putPart: [204], .sealBlob: [204], .blobState: [200],
    .readBlob: [200, 206], .deleteBlob: [204],
  ]

  static let blobProblems: [RelayRoute: [RelayProblem]] = {
    let known: [RelayProblem] = [.malformed, .noSuchChannel, .unavailable]
    let written: [RelayProblem] =
      known + [.tokenRetired, .outcomeUnknown, .storeFull]
    return [
      .makeBlob: written + [.trimmed, .quota, .recovering],
      .putPart: written + [
        .noSuchBlob, .trimmed, .partConflict, .sealed, .quota, .recovering, .lengthRequired,
        .sizeClass,
      ],
      .sealBlob: written + [
        .noSuchBlob, .trimmed, .sealed, .partsMissing, .hashMismatch, .recovering,
      ],
      .blobState: known + [.noSuchBlob, .trimmed],
      .readBlob: known + [.noSuchBlob, .trimmed, .unsealed, .beyondEnd, .damaged],
      .deleteBlob: written + [.noSuchBlob],
    ]
  }()
}
