// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOHTTP1

extension ResponseWriter {
  /// Writes an answer whole.
  @concurrent consuming func write(_ response: Response) async throws {
    do {
      try await write(response: response.head, body: response.body)
    } catch is HTTPParserError {
      // The library answers these, and this one has an answer.
      throw CancellationError()
    }
  }
}
