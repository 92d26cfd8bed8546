// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import RelayLog

@Suite struct MonotonicConditionTests {
  @Test func `a wait ends with a signal, or when its time has come`() {
    let condition = MonotonicCondition()
    let late = MonotonicCondition.now() - 1
    #expect(condition.withLock { condition.wait(until: late) } == false)
    let soon = MonotonicCondition.now() + 20
    while condition.withLock({ condition.wait(until: soon) }) {}
    #expect(MonotonicCondition.now() >= soon)
    let isOver = Atomic(false)
    Thread.detachNewThread {
      condition.withLock {
        isOver.store(true, ordering: .relaxed)
        condition.broadcast()
      }
    }
    let isHeard = condition.withLock {
      let late = MonotonicCondition.now() + 600_000
      while !isOver.load(ordering: .relaxed) {
        guard condition.wait(until: late) else { return false }
      }
      return true
    }
    #expect(isHeard)
  }
}
