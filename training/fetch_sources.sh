#!/usr/bin/env bash
# Fetch the training sources that Debian packages hold into a data folder, without installing them (no root needed);
# say where the others are. usage: training/fetch_sources.sh DATA
set -eu
[ $# = 1 ] || { echo "usage: $0 DATA" >&2; exit 2; }
data=$1
mkdir -p "$data"/{motion,motion_aist2d,midi,audio/sonicpi_cc0,audio/kenta_cho_bsd2,audio/sectoid_mit}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unpack() { (cd "$work" && apt-get download "$1" >/dev/null && dpkg-deb -x "$1"_*.deb "$1"); }

unpack sonic-pi-samples
find "$work/sonic-pi-samples" -name '*.flac' -exec cp -n {} "$data/audio/sonicpi_cc0/" \;
for game in a7xpg gunroar mu-cade noiz2sa parsec47 rrootage titanion torus-trooper tumiki-fighters val-and-rick; do
  unpack "$game-data"
  find "$work/$game-data" -name '*.ogg' -exec sh -c 'cp -n "$2" "$1/$3_$(basename "$2")"' _ \
    "$data/audio/kenta_cho_bsd2" {} "$game" \;
done
unpack fretsonfire-songs-sectoid
find "$work/fretsonfire-songs-sectoid" -name 'song.ogg' -exec sh -c \
  'cp -n "$2" "$1/$(basename "$(dirname "$2")").ogg"' _ "$data/audio/sectoid_mit" {} \;

cat <<TXT
Audio is in $data/audio. Keep only what debian/copyright lists as CC0 of the Sonic Pi samples.
Still yours to do (docs/training.md has licences and formats):
  midi/     groove_midi_v1.zip and groove_info.csv: Groove MIDI Dataset v1.0.0, MIDI only
  motion/   dances as COCO-17 keypoints from G1 Moves (CSV, forward kinematics) and CMU (BVH, subjects 05, 60, 61)
  motion_aist2d/   AIST++ keypoints2d of single sequences
  splits.json
The SoundFont: apt-get install fluid-soundfont-gm libfluidsynth3, or give --soundfont FluidR3_GM.sf2.
TXT
