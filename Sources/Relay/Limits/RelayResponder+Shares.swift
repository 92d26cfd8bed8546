// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RelayProtocol

extension RelayResponder {
  /// Whom a request counts against: an address, and the members who have its token.
  func peers(of context: RelayContext, _ token: TokenHash? = nil) -> [Peer] {
    [admission.neighbour(context.channel), token.map { .members($0) }].compactMap(\.self)
  }

  /// Lets one more request in, until it and its answer are gone.
  func begin(_ context: RelayContext) throws(RelayError) {
    var claims = [Tally.Claim(key: .all, most: limits.requests, limit: .requests)]
    for peer in peers(of: context) {
      claims.append(
        Tally.Claim(key: .peer(peer), most: limits.requestsPerAddress, limit: .addressRequests))
    }
    if context.isStream, let connection = context.channel.parent {
      // Twice the streams that a client is told of: one that has ended there may not have ended here.
      claims.append(
        Tally.Claim(
          key: .connection(ObjectIdentifier(connection)), most: 2 * limits.streams,
          limit: .connectionRequests))
    }
    context.answer.hold(try take(claims, of: requests, else: .overloaded))
  }

  /// Room for so many subscriptions of one follow, until its stream ends.
  func room(for count: Int, _ context: RelayContext) throws(RelayError) -> Tally.Share {
    var claims = [
      Tally.Claim(
        key: .all, count: count, most: limits.subscriptions, limit: .subscriptions)
    ]
    for peer in peers(of: context) {
      claims.append(
        Tally.Claim(
          key: .peer(peer), count: count, most: limits.subscriptionsPerAddress,
          limit: .addressSubscriptions))
    }
    return try take(claims, of: subscriptions, else: .limited)
  }

  /// Room beside the others who follow with the same tokens.
  func room(beside tokens: [TokenHash]) throws(RelayError) -> Tally.Share {
    let claims = tokens.map {
      Tally.Claim(
        key: .peer(.members($0)), most: limits.followsPerChannel, limit: .channelFollows)
    }
    return try take(claims, of: subscriptions, else: .limited)
  }

  private func take(
    _ claims: [Tally.Claim], of tally: Tally, else problem: RelayProblem
  ) throws(RelayError) -> Tally.Share {
    do {
      return try tally.take(claims)
    } catch {
      metrics.count(error.claim.limit)
      throw .refused(error.claim.key == .all ? problem : .limited)
    }
  }
}
