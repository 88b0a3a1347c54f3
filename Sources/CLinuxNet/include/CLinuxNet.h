// What the Glibc import hides from Swift. Nothing here decides anything; it only names what exists.
#pragma once
