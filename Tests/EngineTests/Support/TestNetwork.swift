// SPDX-License-Identifier: Apache-2.0

import Engine
import RelayLog
import RelayProtocol
import Synchronization

/// What lies between one person and the relay, and what goes wrong there.
final class TestNetwork: RelayConnecting {
  typealias Fault = MemoryRelayConnection.Fault
  typealias Call = MemoryRelayConnection.Call

  private struct State {
    var relay: MemoryRelay
    var others: [RelayAddress: MemoryRelay] = [:]
    var cut: Set<RelayAddress> = []
    var fault: @Sendable (Call) -> Fault = { _ in .none }
    var lie: @Sendable (ReadAnswer) -> ReadAnswer = { $0 }
    var calls: [Call] = []
  }

  private let state: Mutex<State>

  init(_ relay: MemoryRelay) { state = Mutex(State(relay: relay)) }

  func connection(to address: RelayAddress) throws -> any RelayConnection {
    MemoryRelayConnection(
      to: state.withLock { $0.others[address] ?? $0.relay },
      fault: { [self] call in
        let fault = state.withLock { state in
          state.calls.append(call)
          return state.cut.contains(address) ? { _ in .unreachable } : state.fault
        }
        return fault(call)
      },
      lie: { [self] answer in state.withLock { $0.lie }(answer) })
  }

  /// Every call from now on meets this.
  func fail(_ fault: @escaping @Sendable (Call) -> Fault) { state.withLock { $0.fault = fault } }
  func fail(_ fault: Fault) { fail { _ in fault } }
  func heal() { fail(.none) }
  func lie(_ lie: @escaping @Sendable (ReadAnswer) -> ReadAnswer) {
    state.withLock { $0.lie = lie }
  }
  func add(_ relay: MemoryRelay, at address: RelayAddress) {
    state.withLock { $0.others[address] = relay }
  }
  func cut(_ address: RelayAddress) { state.withLock { _ = $0.cut.insert(address) } }
  func move(to relay: MemoryRelay) { state.withLock { $0.relay = relay } }
  var calls: [Call] { state.withLock { $0.calls } }
}
