import Dispatch
import Terminal
import Testing

@Suite struct MailboxTests {
  @Test func `messages of many threads arrive once each`() {
    let mailbox = Mailbox<Int>()
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for number in 0..<200 { mailbox.send(thread * 200 + number) }
    }
    #expect(mailbox.wait(milliseconds: 1000))
    #expect(mailbox.drain().sorted() == Array(0..<1600))
    #expect(mailbox.drain().isEmpty)
    #expect(!mailbox.wait(milliseconds: 0))
  }
}
