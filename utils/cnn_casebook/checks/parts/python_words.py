"""What Python, NumPy and git say of common slips, in the course's words.

Such a message names types and numbers. What a learner needs is which two things do not fit, and
where to look; what the names of the line hold stands beside it (`learners_line`).

Some words speak of what stands in the line. They are true only where the error came up in it; of
one that came up in a library below, the line says no more than what it passed on.
"""

PYTHON_SLIPS = (
    (
        "'NoneType' object|'NoneType' and|and 'NoneType'",
        "None stands where something else is expected: a function whose return is missing gives "
        "it, and so does a method that changes a list in place, such as append or sort.",
    ),
    (
        "only integers, slices",
        "square brackets ask an array for a position, which is a whole number. Here they get "
        "something else.",
    ),
    (
        "is not subscriptable|does not support item assignment|is not iterable|must be an iterable|"
        r"cannot unpack non-iterable|has no len\(\)",
        "a single thing, such as a number or a layer, stands where several are expected, such as a "
        "tuple, a list or an array.",
    ),
    (
        "only integer scalar",
        "a whole number is expected here, as a size or as a position, and an array stands in its "
        "place.",
    ),
    (
        r"'float' object cannot be interpreted as an integer|a single integer, got '-?\d+\.",
        "a whole number is expected here, and a float stands in its place. A division with / gives "
        "one, also where nothing is left over; // gives a whole number.",
    ),
    (
        "cannot be interpreted as an integer|expected a sequence of integers or a single integer|"
        "slice indices must be",
        "a whole number is expected here, and something else stands in its place, such as the "
        "float that a division with / gives.",
    ),
    (
        "required positional argument|missing a required argument|positional arguments? but|"
        "unexpected keyword argument|multiple values for argument|required keyword",
        "a function is called with other arguments than it takes. Compare their number, their "
        "order and their names with what help(the function) says.",
    ),
    (
        "could not be broadcast|Cannot broadcast shape|Incompatible shapes|broadcastable shapes|"
        "Matrix size-incompatible|mismatch in its core dimension|not aligned|"
        "must have the same length as input|dimensions .* must be equal|shape mismatch",
        "the arrays that meet here have shapes that do not fit. Print both shapes, and compare "
        "them with those that the text gives.",
    ),
    (
        "each subscript must be",
        "einsum takes its formula first, which is a text, and then the arrays.",
    ),
    (
        r"isinstance\(\)",
        "isinstance takes the value first, and then a class, such as layers.Conv2D, or a tuple of "
        "classes.",
    ),
    (r"zip\(\) argument", "lists of different lengths are gone through side by side."),
    ("by zero", "something that can be 0 stands below the line of a division."),
    (
        r"^RuntimeError: git |git said",
        "git could not do this. Compare the words that it gets, one by one and in their order, "
        "with the command as you would type it.",
    ),
    (
        "File format not supported",
        "Keras loads one file whose name ends in .keras, and this path leads to something else. "
        "Print the path, and compare it with that of the file.",
    ),
    (
        "IsADirectoryError",
        "this path leads to a folder, and a file is expected. Print the path, and compare it with "
        "that of the file.",
    ),
    (
        "FileNotFoundError|File not found: filepath|NotADirectoryError",
        "at this path there is no such file or folder. Print the path, and compare it with the one "
        "that you mean.",
    ),
)

OF_THE_LINE = (
    (
        r"cannot access (local|free) variable '\w+'",
        "this name has no value yet: it gets one only here or further down, or only on another way "
        "through the function.",
    ),
    (
        r"NameError: name '\w+' is not defined",
        "nothing of this name is known here. Look whether a line above sets it, in the same "
        "function and spelled in the same way.",
    ),
    (
        "indices must be integers|used as indices must be",
        "square brackets ask a sequence for a position, which is a whole number. Here they get "
        "something else, or the name before them holds something else than you think.",
    ),
    (
        "too many indices",
        "the array has fewer axes than this line asks for. Print its shape.",
    ),
    (
        "IndexError",
        "a position is beyond the end: positions run from 0 to the length minus 1.",
    ),
    (
        "values to unpack",
        "the left side has another number of names than there are values on the right side.",
    ),
    ("KeyError", "the dictionary holds nothing under this name. Print its keys."),
    (
        "unsupported operand type|can only concatenate|must be str, not|can't multiply sequence|"
        "not supported between instances|bad operand type|argument of type|unhashable type|"
        r"doesn't define __\w+__ method|"
        "ufunc .* did not contain a loop",
        "the values that meet here are of kinds that do not go together: a name holds something "
        "else than this line expects.",
    ),
    (
        "is not callable",
        "round brackets call a function, square brackets take an element: a pair is of the wrong "
        "kind or too many, or a function's name was given to something else.",
    ),
    ("maximum recursion depth", "the function calls itself, without an end."),
    ("is not in list", "the list does not hold what is looked for. Print both."),
    (
        "AttributeError|has no attribute",
        "the value has nothing of this name: the name before the dot holds something else than "
        "this line expects, or the word behind it is misspelled.",
    ),
)

BELOW_THE_LINE = (
    (
        "ResourceExhaustedError|MemoryError",
        "this needs more memory than there is. Look at the numbers of filters or units, and at the "
        "size of what reaches the layer.",
    ),
    (
        "maximum recursion depth",
        "far more layers stand one behind the other than Python can go through. Count how often "
        "the loop runs.",
    ),
    (
        "|".join(("^ValueError", *(said for said, _ in OF_THE_LINE))),
        "a function gets something else here than it takes. Compare its arguments, in their order, "
        "with what help(the function) says.",
    ),
)
