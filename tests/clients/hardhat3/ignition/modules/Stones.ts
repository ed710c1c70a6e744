import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';

export default buildModule('Stones', (m) => {
  const supply = m.getParameter('supply', 1_000_000n);
  const token = m.contract('Token', [supply]);
  const issued = m.call(token, 'issue', [m.getAccount(1), 3n, 500n]);
  const series = m.readEventArgument(issued, 'Issued', 'series');
  const lock = m.contract('Lock', [4_102_444_800n], { value: 5n, after: [issued] });
  m.call(token, 'transfer', [lock, series], { id: 'endow' });
  return { token, lock };
});
