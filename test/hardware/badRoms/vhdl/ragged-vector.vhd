library ieee;
use ieee.std_logic_1164.all;

package some_rom is
  subtype word_t is std_logic_vector(3 downto 0);
  type words_t is array (0 to 1) of word_t;
  constant words : words_t := (
    0 => "0001",
    1 => "010"
  );
end package some_rom;
