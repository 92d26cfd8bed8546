// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Who is let in, and what is counted by address.
final class Admission: Sendable {
  private let limits: RelayLimits
  private let neighbours: Neighbours
  private let metrics: RelayMetrics

  init(_ limits: RelayLimits, metrics: RelayMetrics) {
    self.limits = limits
    self.metrics = metrics
    neighbours = Neighbours(limits)
  }

  /// Counts a new connection until it ends; false when it is one too many.
  func admit(_ channel: any Channel) -> Bool {
    guard metrics.connections.add(1) <= limits.connections else {
      metrics.connections.add(-1)
      metrics.count(.connections)
      return false
    }
    var place: Neighbours.Place?
    if let address = address(of: channel) {
      switch neighbours.arrive(address) {
      case .success(let found): place = found
      case .failure(let refusal):
        metrics.connections.add(-1)
        metrics.count(refusal.limit)
        return false
      }
    }
    channel.closeFuture.whenComplete { [metrics, neighbours, place] _ in
      metrics.connections.add(-1)
      if let place { neighbours.leave(place) }
    }
    return true
  }

  /// Whether a token of this connection's address is looked at.
  func mayShowToken(_ channel: any Channel) -> Bool {
    isUnder(.refusedTokens, channel) { neighbours.hasGuessedEnough($0) }
  }

  func refuseToken(_ channel: any Channel) {
    if let address = address(of: channel) { neighbours.refuseToken(of: address) }
  }

  /// Whether the signature of a token of postage is looked at, which costs more than all the rest.
  func mayShowPostage(_ channel: any Channel) -> Bool {
    isUnder(.creations, channel) { neighbours.hasCreatedEnough($0) }
  }

  /// Counts a token of postage that bought nothing.
  func refusePostage(_ channel: any Channel) {
    if let address = address(of: channel) { neighbours.refusePostage(of: address) }
  }

  func mayCreate(_ channel: any Channel) -> Bool {
    isUnder(.creations, channel) { !neighbours.mayCreate($0) }
  }

  /// Whether a connection's address, if it counts, is not beyond a limit; counted where it is.
  private func isUnder(
    _ limit: Limit, _ channel: any Channel, isBeyond: (IPAddress) -> Bool
  ) -> Bool {
    guard let address = address(of: channel), isBeyond(address) else { return true }
    metrics.count(limit)
    return false
  }

  /// Whom a connection counts against; nil where addresses do not count.
  func neighbour(_ channel: any Channel) -> Peer? {
    address(of: channel).map { .address($0.neighbour) }
  }

  /// Nil where addresses do not count: a Unix socket, and this machine unless it is to.
  private func address(of channel: any Channel) -> IPAddress? {
    guard let address = channel.remoteAddress.flatMap(IPAddress.init) else { return nil }
    return limits.exemptsLoopback && address.isLoopback ? nil : address
  }
}
