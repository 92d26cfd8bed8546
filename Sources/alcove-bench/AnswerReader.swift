// SPDX-License-Identifier: Apache-2.0

/// Finds where one answer on a connection ends, in the protocol of whom the load asks.
protocol AnswerReader {
  init()
  /// Takes bytes as they come; the answer once it is whole. Nothing may follow it: the next request
  /// goes out afterwards.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> Answer?
}

struct Answer {
  let isSuccess: Bool
  /// As the protocol says it; for messages.
  let status: Int
  let bodyCount: Int
}
