#ifndef GRADUS_BENEATH_H
#define GRADUS_BENEATH_H

/// Opens a path that may not leave the folder: no "..", symbolic link or mount trick leads out of it.
/// A descriptor, or -1 with errno (EXDEV for a path that would leave).
int gradus_open_beneath(int folder, const char *path, int flags, unsigned mode);

#endif
