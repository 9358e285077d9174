package p is
  type t is array (0 to 2000000000) of bit_vector(7 downto 0);
  constant c : t := (0 to 2000000000 => x"12", others => x"00");
end package;
