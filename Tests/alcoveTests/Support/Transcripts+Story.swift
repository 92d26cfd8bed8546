// SPDX-License-Identifier: Apache-2.0

// swift-format-ignore-file: lines as they are shown

extension Transcripts {
  static let story = #"""
    ines$ alcove init --name Dr. Ines Albrecht --role therapist --relay RELAY --licence licence 12345 --jurisdiction Berlin --recovery-words-file HOME/ines/words --yes
    This makes your identity and an encrypted store on this computer.
    ok  relay answers, messages kept without a limit
    ok  recovery words in HOME/ines/words. Write them on paper and destroy the file.
    ok  keys created: identity Ed25519, device "desk"
    Next:  alcove invite NAME
    mara$ alcove init --role client --recovery-words-file HOME/mara/words --yes
    This makes your identity and an encrypted store on this computer.
    ok  recovery words in HOME/mara/words. Write them on paper and destroy the file.
    ok  vault and recovery key created; an identity is made for each invitation you accept
    Next:  alcove accept
    ines$ alcove invite mara --offer text --offer questionnaires
    LINK
    Invitation for "mara" (a name only you see). Good once, until DAY CLOCK.


    On their computer they run:   alcove accept   and paste the link
    Whoever has this link before it is used can pose as mara. Afterwards compare numbers:   alcove verify mara
    Next:  alcove sync    then    alcove verify mara
    mara$ alcove accept LINK --name albrecht --sign-as M. --scope text=yes --scope questionnaires=yes --yes
    Dr. Ines Albrecht (psychotherapist, licence 12345, Berlin) invites you.

      1  text messages: written messages between sessions
      2  questionnaires: questionnaires about how you are, as discussed in the
         session

      Valid until DATE. You can withdraw this consent at any time, as a
        whole or for a single point, without a reason and without a disadvantage:
        'alcove consent withdraw'. It holds from then on; what was done before
        remains lawful.
      Kept: Erased 365 days after the treatment has ended, unless the law
        demands that the practice keeps its record for longer.
      Who can read: Dr. Ines Albrecht only; the relay cannot read anything.
      Answers: Messages are read on working days and answered within two working
        days. No answer does not mean that nobody cares: it may be the weekend, a
        holiday, or a fault.
      Not for emergencies: 112 (emergency, European Union), 116 123 (emotional
        support helpline)

    ok  signed: line 1 of your consent. The counter-signature is awaited.
    Hint:  A link given as an argument stays in your shell's history and shows in the process list, and whoever has it before it is answered can pose as you. `alcove accept` asks for it instead, or reads it from a pipe.
    Next:  alcove sync    then    alcove verify albrecht    at your next session
    ines$ alcove sync
    ok  mara  connected; now compare numbers:  alcove verify mara
    mara$ alcove sync
    ok  albrecht  connected; now compare numbers:  alcove verify albrecht
    ines$ alcove sync
    ok  mara  new keys (epoch 2)
    mara$ alcove sync
    ok  nothing new
    ines$ alcove verify mara --yes
        DIGITS
        DIGITS
        DIGITS
    Safety number with mara. Compare it by voice or side by side; never in a message.


    ok  verified: nobody stands between you and mara
    ines$ alcove send mara -
    ok  at the relay CLOCK. mara sees it when their device next connects.
    mara$ alcove sync
    ok  albrecht  1 new message:  alcove read albrecht
    mara$ alcove inbox
    albrecht  CLOCK  (new)
      Here is the sheet we spoke about.
      No hurry.
    Next:  alcove read albrecht
    mara$ alcove read albrecht
    albrecht  CLOCK  (new)
      Here is the sheet we spoke about.
      No hurry.
    mara$ alcove send albrecht Danke 🌧️
    ok  at the relay CLOCK. albrecht sees it when their device next connects.
    !   not verified: compare numbers once:  alcove verify albrecht
    Hint:  Text given as an argument stays in your shell's history and shows in the process list. `alcove send NAME` asks for it instead, or reads it from a pipe.
    ines$ alcove sync
    ok  mara  1 new message:  alcove read mara
    ines$ alcove read mara --last 1
    mara  CLOCK  (new)
      Danke 🌧️
    ines$ alcove keys rotate mara
    ok  new secrets with mara: epoch 3
    mara$ alcove sync
    ok  albrecht  new keys (epoch 3)
    mara$ alcove consent withdraw albrecht --scope questionnaires --yes
    ok  signed and sent (line 3). It binds this device now, and albrecht when their device reads it.
    ines$ alcove sync
    ok  mara  consent, line 3: consent withdrawn, in whole or in part
    ok  mara  new keys (epoch 4)
    ines$ alcove send mara - --kind questionnaires
    alcove: The consent with mara was withdrawn for this.
      Nothing was sent.
      Next:  alcove consent show mara
      More:  alcove explain consent-withdrawn
    ines$ alcove consent history mara
      line 0   terms        Dr. Ines Albrecht     DATE
                offers text messages, questionnaires from DATE until DATE
                signed by device key HEX, serial 1; head HEX
      line 1   grant        M.                    DATE
                consents to text messages, questionnaires until DATE
                signed by device key HEX, serial 1; head HEX
      line 2   acknowledge  Dr. Ines Albrecht     DATE
                acknowledges line 1
                signed by device key HEX, serial 1; head HEX
      line 3   withdraw     M.                    DATE
                withdraws questionnaires
                signed by device key HEX, serial 1; head HEX
    ines$ alcove consent audit mara
    mara
      line 0   terms        therapist  ok
      line 1   grant        client     ok
      line 2   acknowledge  therapist  ok
      line 3   withdraw     client     ok
      chain unbroken, 4 lines; 4 epochs, each bound to its head; 2 messages, each under the consent in force
    ok  no findings
    mara$ alcove status
    me  client, device "desk"

      albrecht          consent in force, not verified

    Next:  alcove verify albrecht

    """#
}
