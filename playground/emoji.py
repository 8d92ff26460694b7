"""The emoji that this workspace has, under Slack's own names; any other name is refused as `invalid_name`."""

from __future__ import annotations

import re

_TABLE = """
grinning 😀 | smiley 😃 | smile 😄 | grin 😁 | laughing 😆 | sweat_smile 😅 | joy 😂
rolling_on_the_floor_laughing 🤣 | slightly_smiling_face 🙂 | upside_down_face 🙃 | wink 😉 | blush 😊
innocent 😇 | heart_eyes 😍 | star-struck 🤩 | kissing_heart 😘 | yum 😋 | stuck_out_tongue 😛
zany_face 🤪 | hugging_face 🤗 | thinking_face 🤔 | shushing_face 🤫 | neutral_face 😐 | expressionless 😑
no_mouth 😶 | smirk 😏 | unamused 😒 | face_with_rolling_eyes 🙄 | grimacing 😬 | relieved 😌 | pensive 😔
sleepy 😪 | sleeping 😴 | mask 😷 | exploding_head 🤯 | partying_face 🥳 | sunglasses 😎 | nerd_face 🤓
face_with_monocle 🧐 | confused 😕 | worried 😟 | slightly_frowning_face 🙁 | open_mouth 😮 | astonished 😲
flushed 😳 | pleading_face 🥺 | cry 😢 | sob 😭 | scream 😱 | disappointed 😞 | sweat 😓 | weary 😩
tired_face 😫 | rage 😡 | angry 😠 | poop 💩 | skull 💀 | clown_face 🤡 | ghost 👻 | alien 👽
robot_face 🤖 | see_no_evil 🙈 | hear_no_evil 🙉 | speak_no_evil 🙊 | wave 👋 | hand ✋ | ok_hand 👌
v ✌️ | crossed_fingers 🤞 | call_me_hand 🤙 | point_left 👈 | point_right 👉 | point_up_2 👆
point_down 👇 | point_up ☝️ | +1 👍 | -1 👎 | fist ✊ | facepunch 👊 | clap 👏 | raised_hands 🙌
open_hands 👐 | handshake 🤝 | pray 🙏 | writing_hand ✍️ | muscle 💪 | brain 🧠 | eyes 👀 | eye 👁️
shrug 🤷 | face_palm 🤦 | raising_hand 🙋 | bow 🙇 | heart ❤️ | orange_heart 🧡 | yellow_heart 💛
green_heart 💚 | blue_heart 💙 | purple_heart 💜 | black_heart 🖤 | white_heart 🤍 | broken_heart 💔
sparkling_heart 💖 | 100 💯 | boom 💥 | dizzy 💫 | zzz 💤 | speech_balloon 💬 | thought_balloon 💭 | fire 🔥
sparkles ✨ | star ⭐ | star2 🌟 | zap ⚡ | sunny ☀️ | cloud ☁️ | umbrella ☔ | snowflake ❄️
rainbow 🌈 | ocean 🌊 | earth_africa 🌍 | crescent_moon 🌙 | seedling 🌱 | four_leaf_clover 🍀
evergreen_tree 🌲 | cherry_blossom 🌸 | rose 🌹 | apple 🍎 | banana 🍌 | avocado 🥑 | pizza 🍕
hamburger 🍔 | taco 🌮 | popcorn 🍿 | cake 🍰 | birthday 🎂 | cookie 🍪 | coffee ☕ | tea 🍵 | beer 🍺
beers 🍻 | champagne 🍾 | dog 🐶 | cat 🐱 | mouse 🐭 | fox_face 🦊 | bear 🐻 | panda_face 🐼
unicorn_face 🦄 | bee 🐝 | bug 🐛 | snail 🐌 | turtle 🐢 | snake 🐍 | whale 🐳 | octopus 🐙 | crab 🦀
parrot 🦜 | penguin 🐧 | soccer ⚽ | basketball 🏀 | trophy 🏆 | medal 🏅 | first_place_medal 🥇
second_place_medal 🥈 | third_place_medal 🥉 | dart 🎯 | game_die 🎲 | jigsaw 🧩 | art 🎨 | musical_note 🎵
guitar 🎸 | tada 🎉 | confetti_ball 🎊 | balloon 🎈 | gift 🎁 | rocket 🚀 | airplane ✈️ | car 🚗 | bike 🚲
ship 🚢 | house 🏠 | office 🏢 | hourglass ⌛ | hourglass_flowing_sand ⏳ | watch ⌚ | alarm_clock ⏰
stopwatch ⏱️ | calendar 📆 | date 📅 | computer 💻 | keyboard ⌨️ | phone ☎️ | iphone 📱 | battery 🔋
bulb 💡 | money_with_wings 💸 | moneybag 💰 | gem 💎 | wrench 🔧 | hammer 🔨 | gear ⚙️
crossed_swords ⚔️ | shield 🛡️ | link 🔗 | paperclip 📎 | scissors ✂️ | lock 🔒 | unlock 🔓 | key 🔑
mag 🔍 | bar_chart 📊 | chart_with_upwards_trend 📈 | chart_with_downwards_trend 📉 | clipboard 📋
pushpin 📌 | memo 📝 | pencil2 ✏️ | book 📖 | books 📚 | newspaper 📰 | bookmark 🔖 | email ✉️
inbox_tray 📥 | outbox_tray 📤 | package 📦 | bell 🔔 | no_bell 🔕 | loudspeaker 📢 | mega 📣 | scales ⚖️
balance_scale ⚖️ | magic_wand 🪄 | crystal_ball 🔮 | microscope 🔬 | telescope 🔭 | warning ⚠️
no_entry ⛔ | no_entry_sign 🚫 | x ❌ | o ⭕ | white_check_mark ✅ | heavy_check_mark ✔️
ballot_box_with_check ☑️ | heavy_multiplication_x ✖️ | heavy_plus_sign ➕ | heavy_minus_sign ➖
question ❓ | exclamation ❗ | bangbang ‼️ | interrobang ⁉️ | recycle ♻️ | infinity ♾️ | a 🅰️
b 🅱️ | ab 🆎 | o2 🅾️ | sos 🆘 | new 🆕 | ok 🆗 | cool 🆒 | free 🆓 | up 🆙 | vs 🆚 | zero 0️⃣
one 1️⃣ | two 2️⃣ | three 3️⃣ | four 4️⃣ | five 5️⃣ | six 6️⃣ | seven 7️⃣ | eight 8️⃣
nine 9️⃣ | keycap_ten 🔟 | arrow_up ⬆️ | arrow_down ⬇️ | arrow_left ⬅️ | arrow_right ➡️
arrows_counterclockwise 🔄 | back 🔙 | soon 🔜 | top 🔝 | red_circle 🔴 | large_orange_circle 🟠
large_yellow_circle 🟡 | large_green_circle 🟢 | large_blue_circle 🔵 | large_purple_circle 🟣
white_circle ⚪ | black_circle ⚫ | large_red_square 🟥 | large_green_square 🟩 | large_blue_square 🟦
white_large_square ⬜ | black_large_square ⬛ | small_blue_diamond 🔹 | small_orange_diamond 🔸
rotating_light 🚨 | checkered_flag 🏁 | triangular_flag_on_post 🚩 | white_flag 🏳️ | waving_black_flag 🏴
"""
_ALIASES = {
    "thumbsup": "+1",
    "thumbsdown": "-1",
    "satisfied": "laughing",
    "raised_hand": "hand",
    "punch": "facepunch",
    "hankey": "poop",
    "telephone": "phone",
    "envelope": "email",
    "pencil": "memo",
    "rolling_eyes": "face_with_rolling_eyes",
    "thinking": "thinking_face",
    "robot": "robot_face",
    "fox": "fox_face",
    "unicorn": "unicorn_face",
}
_TONE = re.compile(r"::skin-tone-[2-6]$")


def _read() -> dict[str, str]:
    entries = "|".join(_TABLE.strip().splitlines()).split("|")
    glyphs = {name: glyph for name, glyph in map(str.split, entries)}  # noqa: C416  dict() loses the pairs' type
    return glyphs | {alias: glyphs[name] for alias, name in _ALIASES.items()}


GLYPHS: dict[str, str] = _read()
"""Name, alias included, → what the page draws."""


def canonical(name: str) -> str | None:
    """The name under which Slack keeps a reaction (`thumbsup` → `+1`, tones stay); None for no emoji."""
    bare = name.strip(":")
    tone = _TONE.search(bare)
    suffix = tone.group() if tone else ""
    stem = bare.removesuffix(suffix)
    return None if stem not in GLYPHS else _ALIASES.get(stem, stem) + suffix
