<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>BeatDots</name>
    <message>
        <location filename="../../widgets/beat.py" line="21" />
        <source>Beat of the bar</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>ConnectPage</name>
    <message>
        <location filename="../../pages/connect.py" line="48" />
        <source>Where to send, as host:port</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="49" />
        <source>Where the program listens, as host:port</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="51" />
        <source>Send</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="51" />
        <source>Send to it: beats, notes, accents, tempo, transport</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="56" />
        <source>Check</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="56" />
        <source>Ask the program whether it is there; changes nothing in it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="60" />
        <source>Copy our scripts</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="60" />
        <source>Put our scripts into the program's own folder</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="63" />
        <source>Messages sent</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="68" />
        <source>Ports</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="68" />
        <source>OSC port, MIDI ports and Link</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="69" />
        <source>Learn</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="69" />
        <source>Teach foreign controls what to do</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="70" />
        <source>Monitor</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="70" />
        <source>See what goes out and comes in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="85" />
        <source>sent {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="85" />
        <source>, {} failed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="133" />
        <source>Asking…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="155" />
        <source>○  No answer from {}: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="158" />
        <source>●  {} answered after {:.1f} ms, at {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="179" />
        <source>●  Copied: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="198" />
        <source>Steps</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="200" />
        <source>Send to</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/connect.py" line="212" />
        <source>Program</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>DragHandle</name>
    <message>
        <location filename="../../pages/result_view.py" line="156" />
        <source>⠿ Drag</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="159" />
        <source>Drag into a DAW: music, stems and MIDI</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Film</name>
    <message>
        <location filename="../../player/film.py" line="98" />
        <source>No player here ({}): the files can be opened in another program</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>FilmPicture</name>
    <message>
        <location filename="../../player/film.py" line="142" />
        <source>What was rendered is seen and heard here, with its plan on a time line</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../player/film.py" line="143" />
        <source>Video of the result</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../player/film.py" line="144" />
        <source>Your pictures with the music</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Header</name>
    <message>
        <location filename="../../header.py" line="32" />
        <source>The page {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../header.py" line="39" />
        <source>Stage mode  {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../header.py" line="39" />
        <source>Large, dark, nothing to hit by mistake</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../header.py" line="40" />
        <source>Keys  {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../header.py" line="40" />
        <source>All keys</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Job</name>
    <message>
        <location filename="../../pages/job_card.py" line="16" />
        <source>dancer's tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="17" />
        <source>the clip's tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="18" />
        <source>fixed tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="21" />
        <source>Waiting</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="22" />
        <source>Beginning</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="23" />
        <source>✓ Done</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="24" />
        <source>■ Failed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="25" />
        <source>Cancelled</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>JobCard</name>
    <message>
        <location filename="../../pages/job_card.py" line="51" />
        <source>Progress of {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="62" />
        <source>Cancel</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="62" />
        <source>Stop this one; nothing half made stays</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="63" />
        <source>Retry</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="63" />
        <source>Render it again</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="64" />
        <source>Options</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="64" />
        <source>How this clip is rendered</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="65" />
        <source>Folder</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="65" />
        <source>Open the folder of the result</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="66" />
        <source>Take it off the list; its files stay</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="81" />
        <source>{}, seed {}, {}  →  {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/job_card.py" line="82" />
        <source>first style</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Keys</name>
    <message>
        <location filename="../../keys.py" line="63" />
        <source>{}, held</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="74" />
        <source>play and stop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="76" />
        <source>panic: silence, now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="78" />
        <source>begin and end a take</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="85" />
        <source>style {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="86" />
        <source>style 1 to 10</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="89" />
        <source>a step towards style {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="90" />
        <source>a step towards style 1 to 10</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="98" />
        <source>less and more of the second style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="100" />
        <source>less of the second style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="101" />
        <source>more of the second style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="104" />
        <source>key: up, down, the piece's own</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="106" />
        <source>a key higher</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="107" />
        <source>a key lower</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="108" />
        <source>the piece's own key</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="111" />
        <source>another piece of music</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="115" />
        <source>as the dancer moves</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="118" />
        <source>harder</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="118" />
        <source>softer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="119" />
        <source>intensity: more, less, as danced</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="122" />
        <source>more notes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="122" />
        <source>fewer notes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="123" />
        <source>density: more, less, as danced</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="126" />
        <source>more between the beats</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="127" />
        <source>more on the beats</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="127" />
        <source>as the style is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="128" />
        <source>complexity: more, less, as the style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="131" />
        <source>more swing</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="131" />
        <source>less swing</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="132" />
        <source>straight</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="132" />
        <source>swing: more, less, none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="145" />
        <source>go to {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="146" />
        <source>the sections, in their order</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="149" />
        <source>hold the section that plays</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="155" />
        <source>mute {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="156" />
        <source>mute a stem</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="159" />
        <source>{} solo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="160" />
        <source>a stem solo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="163" />
        <source>{} 1 dB up</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="164" />
        <source>1 dB up</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="167" />
        <source>{} 1 dB down</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="168" />
        <source>1 dB down</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="171" />
        <source>{} to the left</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="172" />
        <source>to the left</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="175" />
        <source>{} to the right</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="176" />
        <source>to the right</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="184" />
        <source>put out the clip lights</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="188" />
        <source>tap the beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="191" />
        <source>1 BPM faster</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="192" />
        <source>1 BPM slower</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="193" />
        <source>our beat 10 ms later</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="194" />
        <source>our beat 10 ms earlier</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="195" />
        <source>everything 5 ms earlier</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="196" />
        <source>everything 5 ms later</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="199" />
        <source>the tempo comes from: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="200" />
        <source>who leads the tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="207" />
        <source>mirror the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="208" />
        <source>stage mode: large and dark</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="209" />
        <source>show all keys</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="210" />
        <source>show what was said</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="211" />
        <source>the page {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../keys.py" line="211" />
        <source>the pages, in their order</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LearnPanel</name>
    <message>
        <location filename="../../pages/learn_panel.py" line="24" />
        <source>What the control is to do</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/learn_panel.py" line="28" />
        <source>Learn</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/learn_panel.py" line="28" />
        <source>Then move a control of a MIDI desk or an OSC program</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/learn_panel.py" line="41" />
        <source>What has been learnt</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/learn_panel.py" line="63" />
        <source>Move the control now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/learn_panel.py" line="81" />
        <source>Commands of other programs that are not ours, and MIDI knobs and pads, can mean one of these.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/learn_panel.py" line="99" />
        <source>Forget what {} means</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Live</name>
    <message>
        <location filename="../../pages/live_steer.py" line="25" />
        <source>Intensity</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="26" />
        <source>Softer or harder than the dance asks for</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="32" />
        <location filename="../../pages/live_steer.py" line="27" />
        <source>as danced</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="30" />
        <source>Density</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="31" />
        <source>Fewer or more notes than the dance asks for</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="35" />
        <source>Complexity</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="36" />
        <source>Notes on the beats or between them</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="37" />
        <source>as the style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="40" />
        <source>Swing</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="41" />
        <source>From straight to triplets</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="42" />
        <source>straight</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="115" />
        <source>{} → {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="116" />
        <source>{}, held</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="124" />
        <source>+ {} {} %</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LiveController</name>
    <message>
        <location filename="../../live/controller.py" line="130" />
        <source>The session does not keep up with the controls</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>LivePage</name>
    <message>
        <location filename="../../pages/live.py" line="31" />
        <source>Play and stop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="32" />
        <source>Hold the section that plays</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="33" />
        <source>Drop, at the next bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="34" />
        <source>Begin and end a take</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="35" />
        <source>Panic: silence, now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="36" />
        <source>Panic: silence, now. A click does it at once</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="50" />
        <source>No session yet</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="87" />
        <location filename="../../pages/live.py" line="56" />
        <source>PLAY</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="91" />
        <location filename="../../pages/live.py" line="89" />
        <location filename="../../pages/live.py" line="57" />
        <source>HOLD</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="97" />
        <location filename="../../pages/live.py" line="95" />
        <location filename="../../pages/live.py" line="93" />
        <location filename="../../pages/live.py" line="58" />
        <source>DROP</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="102" />
        <location filename="../../pages/live.py" line="100" />
        <location filename="../../pages/live.py" line="59" />
        <source>REC</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="60" />
        <source>PANIC</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="85" />
        <source>STOP</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="85" />
        <source>playing</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="93" />
        <source>now</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live.py" line="95" />
        <source>next bar</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>MachinePanel</name>
    <message>
        <location filename="../../pages/machine_panel.py" line="41" />
        <source>This machine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="42" />
        <source>Check this machine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="42" />
        <source>Try every part; takes some seconds</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="48" />
        <source>How much of it is done</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="50" />
        <source>Camera, sound, models, GPU and speed are tried one after the other.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="61" />
        <source>What was found</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="111" />
        <source>Plug-ins</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/machine_panel.py" line="117" />
        <source>{}, which does not work</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>MainWindow</name>
    <message>
        <location filename="../../window.py" line="90" />
        <source>Opening</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../window.py" line="111" />
        <source>The first start</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../window.py" line="157" />
        <source>The music plays: close once more to end it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../window.py" line="230" />
        <source>No session</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../window.py" line="231" />
        <source>{}; or choose others on the page Set-up</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Messages</name>
    <message>
        <location filename="../../widgets/message_bar.py" line="18" />
        <source>Note</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/message_bar.py" line="19" />
        <source>Done</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/message_bar.py" line="20" />
        <source>Warning</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/message_bar.py" line="21" />
        <source>Error</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/message_bar.py" line="31" />
        <source>(click or Return: clear)</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Meter</name>
    <message>
        <location filename="../../widgets/meter.py" line="26" />
        <source>{}: level</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/meter.py" line="28" />
        <source>{}: level; a click puts out the clip light</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/meter.py" line="49" />
        <source>clipped</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Mixer</name>
    <message>
        <location filename="../../widgets/mixer.py" line="90" />
        <source>pan</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="124" />
        <source>middle</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="125" />
        <source>{} % left</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="125" />
        <source>{} % right</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>MonitorPanel</name>
    <message>
        <location filename="../../pages/monitor_panel.py" line="24" />
        <source>Filter: words that a line must hold; with a minus, must not</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/monitor_panel.py" line="27" />
        <source>Hold</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/monitor_panel.py" line="27" />
        <source>Hold the list still, to read it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/monitor_panel.py" line="33" />
        <source>Nothing has passed yet</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/monitor_panel.py" line="34" />
        <source>Messages in and out</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/monitor_panel.py" line="35" />
        <source>The last {} messages: ← in, → out</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/monitor_panel.py" line="36" />
        <source>Filter</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>NowPanel</name>
    <message>
        <location filename="../../pages/live_panels.py" line="40" />
        <source>Style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="42" />
        <source>Beats a minute</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="43" />
        <source>Bar and beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="45" />
        <source>BPM</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>OfflinePage</name>
    <message>
        <location filename="../../pages/offline.py" line="47" />
        <source>Render with these</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="47" />
        <source>Render this clip, or render it again, so</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="49" />
        <source>Back</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="49" />
        <source>Leave this clip as it is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="57" />
        <source>Drop dance videos or a folder here</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="72" />
        <source>No video there: expected files such as .mp4, .mov or .mkv</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="96" />
        <source>Queue</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="98" />
        <source>Add videos…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="98" />
        <source>Choose dance videos</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="102" />
        <source>Add a folder…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="102" />
        <source>All videos of a folder</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="110" />
        <source>Clips of the queue</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="128" />
        <source>Dance videos</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="128" />
        <source>Videos ({});;All files (*)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="134" />
        <source>A folder of dance videos</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="171" />
        <source>{} running</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="171" />
        <source>{} waiting</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="172" />
        <source>{} done</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="172" />
        <source>{} failed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="195" />
        <source>Options of {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="198" />
        <source>New clips get</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/offline.py" line="204" />
        <source>It is being rendered now: cancel it first</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PageRequests</name>
    <message>
        <location filename="../../page_requests.py" line="48" />
        <source>Stop the music first: opening devices takes a moment</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../page_requests.py" line="84" />
        <source>Stop the music first: the check takes all of this machine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../page_requests.py" line="99" />
        <source>A tone was played on {}</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PianoRoll</name>
    <message>
        <location filename="../../widgets/roll.py" line="37" />
        <source>Piano roll of the plan</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/roll.py" line="38" />
        <source>What the music plays: at the line it sounds, right of it is what comes</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PortsPanel</name>
    <message>
        <location filename="../../pages/ports_panel.py" line="33" />
        <source>Port of this machine on which OSC commands are obeyed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="35" />
        <source>Listen</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="35" />
        <source>Obey OSC commands of this machine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="38" />
        <source>Messages received</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="41" />
        <source>MIDI port that gets notes and clock</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="42" />
        <source>MIDI port whose clock leads, with the source MIDI; from the next opening</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="43" />
        <source>MIDI port whose knobs and pads are learnt</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="49" />
        <source>Share the beat with Ableton Link: tempo and bars of the others lead</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="64" />
        <source>, {} refused</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="65" />
        <source>received {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="73" />
        <source>off</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="74" />
        <source>○ on, nobody else is there</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="75" />
        <source>● {} others</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="99" />
        <source>MIDI out</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="100" />
        <source>MIDI clock in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="101" />
        <source>MIDI knobs</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="106" />
        <source>OSC in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="107" />
        <source>Beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="137" />
        <source>Our own port</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="137" />
        <source>None</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="140" />
        <source>A new port: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/ports_panel.py" line="141" />
        <source>{} (not connected)</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>PresetsRow</name>
    <message>
        <location filename="../../pages/presets_row.py" line="29" />
        <source>Presets: choose one to take over its options</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="33" />
        <source>name</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="34" />
        <source>Name under which these options are saved</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="37" />
        <source>Save</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="37" />
        <source>Save these options as a preset of this name</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="38" />
        <source>Forget the preset that is chosen</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="50" />
        <source>none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/presets_row.py" line="66" />
        <source>A preset needs a name: type one beside Save</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Preview</name>
    <message>
        <location filename="../../widgets/preview.py" line="37" />
        <source>Camera</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/preview.py" line="38" />
        <source>What the camera sees; to mirror it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/preview.py" line="64" />
        <source>No picture from {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/preview.py" line="66" />
        <source>Nobody in the picture</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/preview.py" line="73" />
        <source>{} in the picture</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Render</name>
    <message>
        <location filename="../../pages/render_options.py" line="23" />
        <source>Dancer's tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="24" />
        <source>Clip's own sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="25" />
        <source>Fixed tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="28" />
        <source>Intensity: below 0 softer, above harder than danced</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="29" />
        <source>Density: below 0 fewer notes, above more than danced</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="30" />
        <source>Complexity: below 0 on the beats, above between them</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="31" />
        <source>Swing: 0 straight, 100 as in triplets</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>RenderOptionsForm</name>
    <message>
        <location filename="../../pages/render_options.py" line="47" />
        <source>Style of the music</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="48" />
        <source>A second style, mixed in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="52" />
        <source>no second</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="55" />
        <source>How much of the second style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="59" />
        <source>Key</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="60" />
        <source>Key: auto</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="66" />
        <source>Seed: another number, another piece of music</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="67" />
        <source>Where the tempo comes from</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="76" />
        <source>Fixed tempo in beats a minute</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="81" />
        <source>Stems</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="81" />
        <source>Also drums, bass, harmony and lead as files of their own</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="130" />
        <source>Folder…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="130" />
        <source>Choose the folder of the results</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="137" />
        <source>Preset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="137" />
        <source>Style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="137" />
        <source>Seed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="137" />
        <source>Feel</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/render_options.py" line="162" />
        <source>Folder of the results</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>ResultView</name>
    <message>
        <location filename="../../pages/result_view.py" line="79" />
        <location filename="../../pages/result_view.py" line="33" />
        <source>Result</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="126" />
        <location filename="../../pages/result_view.py" line="43" />
        <source>Listen</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="43" />
        <source>Hear and see the result, or hold it</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="45" />
        <source>Where it plays, and how long it is</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="47" />
        <source>Another</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="47" />
        <source>Another piece of music for this clip: the next seed; both stay</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="50" />
        <source>Save as…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="50" />
        <source>Save music, stems, MIDI, video or a DAW project</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="100" />
        <source>Saved: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="109" />
        <source>Seed {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="110" />
        <source>Hear seed {}, {}, at the same place</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="126" />
        <source>Pause</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/result_view.py" line="143" />
        <source>Folder for the stems</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>RollPanel</name>
    <message>
        <location filename="../../pages/live_panels.py" line="81" />
        <source>Go to {} at the next bar</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="88" />
        <source>▲ accents of the dancer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="89" />
        <source>Plan</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_panels.py" line="89" />
        <source>Go to</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Scale</name>
    <message>
        <location filename="../../widgets/meter.py" line="98" />
        <source>Scale in decibels</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SetupPage</name>
    <message>
        <location filename="../../pages/setup.py" line="104" />
        <location filename="../../pages/setup.py" line="42" />
        <source>Camera</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="42" />
        <source>Sound device</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="50" />
        <source>From the dancer's move to its sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="69" />
        <source>This machine</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="74" />
        <source>The first start</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="97" />
        <source>Video file…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="97" />
        <source>Use a video file as the camera</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="99" />
        <source>Choose…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="166" />
        <location filename="../../pages/setup.py" line="99" />
        <source>Folder of recorded takes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="100" />
        <source>Test tone</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="100" />
        <source>Play a short, quiet tone on this device</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="105" />
        <source>Sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="106" />
        <source>Delay</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="107" />
        <source>Takes</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="116" />
        <source>A shorter delay answers sooner, a longer one is safer on a busy machine; 550 ms suits most.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="119" />
        <source>Open with these</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="119" />
        <source>Open the session again with these devices</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="121" />
        <source>Devices</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="132" />
        <source>{} (not connected)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/setup.py" line="160" />
        <source>A video as the camera</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Sheet</name>
    <message>
        <location filename="../../widgets/overlay.py" line="58" />
        <location filename="../../widgets/key_sheet.py" line="29" />
        <source>Keys</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/overlay.py" line="30" />
        <source>Click, or press the key again, to go back</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/overlay.py" line="64" />
        <source>Nothing yet.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/overlay.py" line="68" />
        <location filename="../../widgets/overlay.py" line="66" />
        <source>What was said</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/overlay.py" line="67" />
        <source>Messages since the start, the latest last</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>StagePage</name>
    <message>
        <location filename="../../pages/stage.py" line="73" />
        <source>Transport</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="125" />
        <location filename="../../pages/stage.py" line="73" />
        <source>PLAYING</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="74" />
        <source>Bar and beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="75" />
        <source>Tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="129" />
        <location filename="../../pages/stage.py" line="75" />
        <source>{} BPM</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="76" />
        <source>Style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="77" />
        <source>Section</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="77" />
        <source>Groove, held</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="111" />
        <source>No session</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="123" />
        <source>REC</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/stage.py" line="127" />
        <source>STOPPED</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Status</name>
    <message>
        <location filename="../../status.py" line="21" />
        <source>locked</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../status.py" line="22" />
        <source>waiting</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../status.py" line="23" />
        <source>lost</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../status.py" line="72" />
        <source>none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../status.py" line="78" />
        <source>The sound device {} is gone: plug it in again</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../status.py" line="89" />
        <source>The sound breaks up: close other programs, or choose a longer delay in Set-up</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>StatusStrip</name>
    <message>
        <location filename="../../widgets/status_strip.py" line="60" />
        <source>Sound device</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="69" />
        <location filename="../../widgets/status_strip.py" line="60" />
        <source>Camera</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="62" />
        <source>Sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="62" />
        <source>Sample rate</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="64" />
        <source>Buffer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="64" />
        <source>Music made ahead of its sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="65" />
        <source>Latency</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="65" />
        <source>From the dancer's move to its sound</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="66" />
        <source>Under-runs</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="66" />
        <source>How often sound was missing</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="71" />
        <source>Poses</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="71" />
        <source>Pictures looked at in a second</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="72" />
        <source>CPU free</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="72" />
        <source>What all programs leave of the processor</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="73" />
        <source>Sync</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="73" />
        <source>Dancer: waiting</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="73" />
        <source>Who leads the tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="74" />
        <source>Errors</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="74" />
        <source>Errors so far; a double click shows them</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="75" />
        <source>Time of day</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/status_strip.py" line="87" />
        <source>{} (lost)</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SteerPanel</name>
    <message>
        <location filename="../../pages/live_steer.py" line="59" />
        <source>Blend</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="59" />
        <source>Blend two styles: the next pad is mixed in</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="62" />
        <source>Amount of the second style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="63" />
        <source>From the first style to the second</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="65" />
        <source>Second style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="67" />
        <source>Style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="82" />
        <source>Style {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="100" />
        <source>which one?</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="160" />
        <location filename="../../pages/live_steer.py" line="147" />
        <source>Key</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="149" />
        <source>The key, from the next bar on</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="152" />
        <source>of the piece</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="157" />
        <source>Another piece</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_steer.py" line="157" />
        <source>Another piece of music, from the next bar on</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Strip</name>
    <message>
        <location filename="../../widgets/mixer.py" line="28" />
        <source>{}: gain in dB</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="30" />
        <source>{}: gain; a double click is 0 dB</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="33" />
        <source>{}: place, left to right</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="36" />
        <source>{}: place; a double click is the middle</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="42" />
        <source>{}: gain</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="44" />
        <source>M</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="44" />
        <source>{}: mute</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="49" />
        <source>S</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../widgets/mixer.py" line="49" />
        <source>{}: solo</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Sync</name>
    <message>
        <location filename="../../live/sync.py" line="17" />
        <source>waiting for its transport</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../live/sync.py" line="18" />
        <source>locked</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../live/sync.py" line="19" />
        <source>silent for a moment, tempo is held</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../live/sync.py" line="20" />
        <source>lost, tempo is held</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../live/sync.py" line="29" />
        <source>looking for the dancer's beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../live/sync.py" line="30" />
        <source>on the dancer's beat</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../live/sync.py" line="32" />
        <source>steady</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>TempoPanel</name>
    <message>
        <location filename="../../pages/live_tempo.py" line="30" />
        <source>The tempo comes from: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="37" />
        <source>Tempo in beats a minute</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="38" />
        <source>Latency offset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="39" />
        <source>Tempo from</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="58" />
        <source>Everything later</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="59" />
        <source>Everything earlier</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="61" />
        <source>BPM</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="61" />
        <source>1 BPM slower</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="61" />
        <source>1 BPM faster</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="62" />
        <source>Offset</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="69" />
        <source>Tap</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../pages/live_tempo.py" line="69" />
        <source>Tap the beat</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Timeline</name>
    <message>
        <location filename="../../player/timeline.py" line="30" />
        <source>Time line of the result</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../player/timeline.py" line="32" />
        <source>Click to hear from there; the wheel enlarges; ← → go a second, with Shift ten, Home back</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>Words</name>
    <message>
        <location filename="../../words.py" line="17" />
        <source>drums</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="18" />
        <source>bass</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="19" />
        <source>harmony</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="20" />
        <source>lead</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="21" />
        <source>intro</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="22" />
        <source>groove</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="23" />
        <source>build</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="24" />
        <source>drop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="25" />
        <source>break</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="26" />
        <source>Dancer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="27" />
        <source>Link</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="28" />
        <source>MIDI</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="29" />
        <source>OSC</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="30" />
        <source>Fixed</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="31" />
        <source>Live</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="32" />
        <source>Offline</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="33" />
        <source>Connect</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="34" />
        <source>Set-up</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="35" />
        <source>Show</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="36" />
        <source>Style</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="37" />
        <source>Feel</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="38" />
        <source>Section</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="39" />
        <source>Mixer</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="40" />
        <source>Tempo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../words.py" line="41" />
        <source>Window</source>
        <translation type="unfinished" />
    </message>
</context></TS>
