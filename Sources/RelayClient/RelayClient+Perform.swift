// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import RelayProtocol

extension RelayClient {
  /// Makes a call and reads the whole answer.
  ///
  /// A connection that dies under a call is often one that the relay had just given up as idle: it
  /// is tried once more, which is safe since every call is. The first attempt is not forgotten: if it
  /// may have arrived, then no later one can make that certain again.
  func perform(_ call: RelayCall) async throws(RelayError) -> RelayAnswer {
    do {
      return try await attempt(call)
    } catch .lost {
      do {
        return try await attempt(call)
      } catch .notSent {
        throw .outcomeUnknown
      } catch {
        throw error.relayError
      }
    } catch {
      throw error.relayError
    }
  }

  private func attempt(_ call: RelayCall) async throws(CallFailure) -> RelayAnswer {
    let witness = WitnessedBody.Witness()
    var request = call.request(to: address, witness)
    // Before anything is sent: the relay is the one that the address names.
    request.tlsConfiguration = try await transport.security(of: address)
    let limit = transport.patience.answer + call.waiting
    do {
      return try await Self.within(limit) { [http = transport.http, request] in
        let response = try await http.execute(request, timeout: TimeAmount(limit))
        // A refusal is short, however much was asked for.
        let bound =
          (200..<300).contains(response.status.code)
          ? call.bound : min(call.bound, RelayCall.shortBound)
        var body: [UInt8] = []
        for try await chunk in response.body {
          guard body.count + chunk.readableBytes <= bound else { throw CallFailure.malformed }
          body.append(contentsOf: chunk.readableBytesView)
        }
        // A cancelled body ends like a complete one.
        try Task.checkCancellation()
        return RelayAnswer(
          status: Int(response.status.code), headers: response.headers, body: body)
      }
    } catch {
      throw CallFailure(error, requestLeft: witness.wasAsked)
    }
  }

  /// Runs `body` against the clock. The HTTP client's own deadline covers the head of an answer; a
  /// body that comes byte by byte is ended here.
  static func within<Answer: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let answer = first else {
        throw HTTPClientError.deadlineExceeded
      }
      return answer
    }
  }
}
